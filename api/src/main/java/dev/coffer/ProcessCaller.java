package dev.coffer;

import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.Spawn;
import dev.coffer.linux.UnixSocket;
import dev.coffer.linux.WindowSize;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.Caller;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * This process as the caller: launchers are its own children, with its own streams. Safe for use by
 * several threads: whoever launches in the foreground waits for that very child.
 */
final class ProcessCaller implements Caller, AutoCloseable {
  private final Launcher launcher;
  private final Map<String, String> environment;

  /** The child in the foreground that a thread has started and not yet waited for. */
  private final Map<Thread, Integer> children = new ConcurrentHashMap<>();

  ProcessCaller(Launcher launcher, Map<String, String> environment) {
    this.launcher = launcher;
    this.environment = Map.copyOf(environment);
  }

  /** A standard stream of this process, not to be closed; empty where it is closed. */
  static Optional<Fd> ownStream(int number) {
    return HostFiles.exists(Path.of("/proc/self/fd/" + number))
        ? Optional.of(Fd.of(number))
        : Optional.empty();
  }

  @Override
  public Path cwd() {
    return Path.of("").toAbsolutePath();
  }

  @Override
  public Map<String, String> environment() {
    return environment;
  }

  @Override
  public Optional<Fd> stream(int number) {
    return ownStream(number);
  }

  @Override
  public boolean isTerminal(int number) {
    return ownStream(number).flatMap(WindowSize::read).isPresent();
  }

  @Override
  public UnixSocket launch(boolean foreground) {
    Launcher.Started started = launcher.start(foreground, environment);
    if (foreground) {
      Integer stale = children.put(Thread.currentThread(), started.pid());
      if (stale != null) { // its start failed, so nobody waited for it
        reapLater(stale);
      }
    } else {
      reapLater(started.pid());
    }
    return started.channel();
  }

  /** A keeper that ended stays a zombie until its parent, which is us, looks at it. */
  static void reapLater(int pid) {
    Thread.ofPlatform()
        .daemon()
        .name("coffer-reaper-" + pid)
        .stackSize(128 * 1024)
        .start(() -> Spawn.waitFor(pid));
  }

  @Override
  public int awaitEnded() {
    Integer pid = children.remove(Thread.currentThread());
    if (pid == null) {
      throw new CofferException("nothing was launched in the foreground");
    }
    return Spawn.waitFor(pid).raw();
  }

  @Override
  public int pid() {
    return (int) ProcessHandle.current().pid();
  }

  @Override
  public void close() {
    launcher.close();
  }
}
