package dev.coffer.runtime;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.Received;
import dev.coffer.linux.SeccompListener;
import dev.coffer.linux.SeccompListener.Question;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Seccomp;
import dev.coffer.model.Sourced;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Passes the calls that wait for an answer to the container's proxy, one at a time for each filter,
 * on a thread of its own. A proxy that is not there or keeps silent for half a minute makes the
 * call fail with ENOSYS, as under LXC.
 */
public final class SeccompRelays {
  private static final long PATIENCE_MILLIS = 30_000;

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  SeccompRelays() {}

  /** Whether calls would wait in vain without this process. */
  boolean isBusy() {
    return !threads.isEmpty();
  }

  /** As {@link #serve(String, Fd, SeccompProxy)}, by what the container's configuration says. */
  void serve(Life life, Fd listener) {
    serve(life.spec(), listener, life.keeperPid(), life.initPid());
  }

  /** For a command that was attached to a container. */
  public void serve(ContainerSpec spec, Fd listener, int keeperPid, int initPid) {
    Seccomp seccomp = spec.privileges().seccomp();
    String address = seccomp.proxy().map(Sourced::value).orElse("");
    String cookie = seccomp.cookie().map(Sourced::value).orElse("");
    serve(spec.name(), listener, new SeccompProxy(address, cookie, keeperPid, initPid));
  }

  /** Serves a filter until all processes under it have ended; takes the descriptor over. */
  void serve(String container, Fd listener, SeccompProxy proxy) {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("coffer-seccomp-" + container)
            .unstarted(() -> serve(SeccompListener.of(listener), proxy));
    threads.add(thread);
    thread.start();
  }

  private void serve(SeccompListener listener, SeccompProxy proxy) {
    Optional<UnixSocket> connection = Optional.empty();
    try (listener) {
      for (Optional<Question> question = listener.receive();
          question.isPresent();
          question = listener.receive()) {
        connection = answer(listener, question.get(), proxy, connection);
      }
    } finally {
      connection.ifPresent(UnixSocket::close);
      threads.remove(Thread.currentThread());
    }
  }

  /** Returns the connection that can be used again. */
  private static Optional<UnixSocket> answer(
      SeccompListener listener,
      Question question,
      SeccompProxy proxy,
      Optional<UnixSocket> existing) {
    Optional<UnixSocket> connection = existing;
    byte[] response = listener.failure(question, Errno.ENOSYS);
    try {
      if (connection.isEmpty()) {
        connection = Optional.of(proxy.connect());
      }
      response = ask(listener, question, proxy, connection.get());
    } catch (KernelException | CofferException e) {
      // the process is told ENOSYS; the next call tries a connection of its own
      connection.ifPresent(UnixSocket::close);
      connection = Optional.empty();
    }
    try {
      listener.answer(response);
    } catch (KernelException e) {
      // the proxy's words make no sense to the kernel; the process must not wait for ever
      listener.answer(listener.failure(question, Errno.ENOSYS));
    }
    return connection;
  }

  private static byte[] ask(
      SeccompListener listener, Question question, SeccompProxy proxy, UnixSocket connection) {
    Path process = Path.of("/proc/" + question.pid());
    int directory = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY;
    try (Fd folder = HostFiles.open(process, directory, 0);
        Fd memory = HostFiles.open(process.resolve("mem"), OpenFlags.READ_WRITE, 0)) {
      if (!listener.waits(question)) {
        throw new CofferException("the call is over, so the pid may be another's");
      }
      byte[] message = proxy.encode(question, listener.sizes());
      connection.send(message, folder.number(), memory.number(), listener.fd().number());
    }
    if (!connection.fd().waitReadable(PATIENCE_MILLIS)) {
      throw new CofferException("the proxy does not answer");
    }
    try (Received answer = connection.receive(proxy.longestAnswer(listener.sizes()))) {
      return proxy.decode(answer.bytes(), question, listener.sizes());
    }
  }
}
