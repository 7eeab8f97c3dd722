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
import dev.coffer.plan.CgroupPlacement;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers the calls that wait for it, one at a time for each filter, on a thread of its own: those
 * that are intercepted itself, the others as the container's proxy says. A proxy that is not there
 * or keeps silent for half a minute makes the call fail with ENOSYS, as under LXC.
 */
public final class SeccompRelays {
  private static final long PATIENCE_MILLIS = 30_000;

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  private volatile Optional<HelperLauncher> launcher = Optional.empty();

  SeccompRelays() {}

  /** How launchers are started for what is done in the place of a container's process. */
  public void helpers(HelperLauncher way) {
    launcher = Optional.of(way);
  }

  /** Whether calls would wait in vain without this process. */
  boolean isBusy() {
    return !threads.isEmpty();
  }

  /** As {@link #serve(String, Fd, SeccompProxy)}, by what the container's configuration says. */
  void serve(Life life, Fd listener) {
    serve(life.spec(), life.placement(), listener, life.keeperPid(), life.initPid());
  }

  /** For a command that was attached to a container. */
  public void serve(
      ContainerSpec spec, CgroupPlacement placement, Fd listener, int keeperPid, int initPid) {
    Seccomp seccomp = spec.privileges().seccomp();
    String address = seccomp.proxy().map(Sourced::value).orElse("");
    String cookie = seccomp.cookie().map(Sourced::value).orElse("");
    Interception interception = new Interception(spec, placement, initPid, this::launch);
    SeccompProxy proxy = new SeccompProxy(address, cookie, keeperPid, initPid);
    serve(spec.name(), listener, proxy, interception);
  }

  /** Serves a filter until all processes under it have ended; takes the descriptor over. */
  private void serve(String container, Fd listener, SeccompProxy proxy, Interception interception) {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("coffer-seccomp-" + container)
            .unstarted(() -> serve(SeccompListener.of(listener), proxy, interception));
    threads.add(thread);
    thread.start();
  }

  private HelperLauncher.Helper launch() {
    return launcher.orElseThrow(() -> new CofferException("no launcher is at hand")).launch();
  }

  private void serve(SeccompListener listener, SeccompProxy proxy, Interception interception) {
    Optional<UnixSocket> connection = Optional.empty();
    try (listener;
        interception) {
      for (Optional<Question> question = listener.receive();
          question.isPresent();
          question = listener.receive()) {
        Optional<byte[]> own = interception.answer(listener, question.get());
        if (own.isPresent()) {
          listener.answer(own.get());
        } else {
          connection = answer(listener, question.get(), proxy, connection);
        }
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
