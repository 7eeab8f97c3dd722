package dev.coffer.runtime.command;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Poller;
import dev.coffer.linux.UnixSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Serves the command sockets of any number of containers with one thread, in LXC's protocol: so
 * LXC's own tools and bindings work on containers that LXC has not started.
 */
public final class CommandServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.coffer.runtime.command");

  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Poller poller = new Poller();
  private final int user = attribute("unix:uid");
  private final int group = attribute("unix:gid");
  private volatile boolean closed;

  public CommandServer() {
    Thread.ofPlatform().daemon().name("coffer-commands").start(this::run);
  }

  /**
   * Serves a container's socket from now on.
   *
   * @param listener stays its owner's; it must be open until the endpoint is retired
   */
  public CommandEndpoint serve(UnixSocket listener, CommandTarget target) {
    CommandEndpoint endpoint = new CommandEndpoint(this, listener, target);
    watch(listener.fd(), endpoint::accept);
    return endpoint;
  }

  /** Ends the thread. Endpoints are closed by their owners, before. */
  @Override
  public void close() {
    closed = true;
    poller.wakeup();
  }

  void watch(Fd fd, Runnable action) {
    poller.add(fd, Poller.READABLE, action);
  }

  void forget(Fd fd) {
    poller.remove(fd);
  }

  int user() {
    return user;
  }

  int group() {
    return group;
  }

  private void run() {
    while (!closed) {
      for (Poller.Event event : poller.await(-1)) {
        try {
          ((Runnable) event.attachment()).run();
        } catch (RuntimeException e) {
          // Whatever is wrong with one connection, the others are served on.
          LOG.log(Level.WARNING, "a command socket: " + e, e);
          pause();
        }
      }
    }
    poller.close();
  }

  /**
   * What failed may be tried again at once: out of descriptors, for instance, nobody can be
   * accepted.
   */
  private static void pause() {
    LockSupport.parkNanos(PAUSE.toNanos());
  }

  private static int attribute(String name) {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), name);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at /proc/self", e);
    }
  }
}
