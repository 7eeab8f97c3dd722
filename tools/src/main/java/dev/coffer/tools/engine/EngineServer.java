package dev.coffer.tools.engine;

import dev.coffer.linux.Credentials;
import dev.coffer.linux.Errno;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import dev.coffer.tools.EngineCall;
import dev.coffer.tools.EngineControl;
import dev.coffer.tools.EngineStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * An engine that is called through a socket. Each of its workers waits for a client by itself and
 * serves it; whoever finds on getting a client that no other worker waits starts one more. So a
 * call wakes one thread and is never handed over.
 */
final class EngineServer implements EngineControl {
  private static final int MOST_WAITING = 8;
  private static final int PAUSE_MILLIS = 20;
  private static final Duration FIRST_CALL = Duration.ofSeconds(30);
  private static final Duration LAST_CALLS = Duration.ofSeconds(5);

  private final EngineSocket socket;
  private final Installation installation;
  private final Engine engine;
  private final Answer answer;
  private final IdleTime idleTime;
  private final HangUps hangUps = new HangUps();
  private final long started = System.nanoTime();
  private final int user = Self.user();

  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger workers = new AtomicInteger();
  private final AtomicLong served = new AtomicLong();
  private final AtomicBoolean leaving = new AtomicBoolean();
  private final Set<Connection> busy = ConcurrentHashMap.newKeySet();
  private volatile long lastServed = started;
  private volatile boolean matched;
  private volatile Thread keeper;

  EngineServer(
      EngineSocket socket,
      Installation installation,
      Engine engine,
      Answer answer,
      IdleTime idleTime) {
    this.socket = socket;
    this.installation = installation;
    this.engine = engine;
    this.answer = answer;
    this.idleTime = idleTime;
  }

  /** Serves until the engine has nothing more to do here. */
  void run() {
    keeper = Thread.currentThread();
    startWorker();
    while (!leaving.get()) {
      awaitIdle();
    }
    awaitWorkers(Optional.empty());
    hangUps.close();
  }

  /** Leaves soon, for the process is being ended: requests that still run are interrupted. */
  void terminate() {
    leave();
    busy.forEach(Connection::interrupt);
    awaitWorkers(Optional.of(LAST_CALLS));
  }

  @Override
  public List<EngineCall> stop() {
    leave();
    return busy.stream().map(Connection::callOfAnother).flatMap(Optional::stream).toList();
  }

  @Override
  public EngineStatus status() {
    return new EngineStatus(
        ProcessHandle.current().pid(),
        Duration.ofNanos(System.nanoTime() - started),
        installation.buildId().map(BuildId::hex).orElse(""),
        served.get(),
        Self.residentMemory(),
        engine.containers(),
        Optional.of(socket.path()));
  }

  private void leave() {
    if (leaving.compareAndSet(false, true)) {
      socket.withdraw();
      wakeKeeper();
    }
  }

  /** Waits for a while, and leaves if nothing happened in it. */
  private void awaitIdle() {
    if (idleTime.limit().isEmpty()) {
      sleep(Long.MAX_VALUE);
      return;
    }
    Duration limit = served.get() == 0 ? first(idleTime.limit().get()) : idleTime.limit().get();
    long left = limit.toNanos() - (System.nanoTime() - lastServed);
    if (!busy.isEmpty() || engine.isBusy()) {
      sleep(Math.max(left, TimeUnit.SECONDS.toNanos(1)));
    } else if (left > 0) {
      sleep(left);
    } else {
      leave();
    }
  }

  /** Whoever started the engine is given time to call it. */
  private static Duration first(Duration limit) {
    return limit.compareTo(FIRST_CALL) < 0 ? FIRST_CALL : limit;
  }

  private void sleep(long nanos) {
    LockSupport.parkNanos(this, nanos);
  }

  private void wakeKeeper() {
    LockSupport.unpark(keeper);
  }

  private void awaitWorkers(Optional<Duration> most) {
    long end = System.nanoTime() + most.map(Duration::toNanos).orElse(0L);
    while (workers.get() > 0 && (most.isEmpty() || System.nanoTime() < end)) {
      sleep(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
    }
  }

  private void startWorker() {
    waiting.incrementAndGet();
    workers.incrementAndGet();
    Thread.ofPlatform().daemon().name("coffer-worker").start(this::work);
  }

  private void work() {
    try {
      for (UnixSocket client; (client = accept()) != null; ) {
        if (waiting.decrementAndGet() == 0) {
          startWorker();
        }
        serve(client);
        if (waiting.incrementAndGet() > MOST_WAITING) {
          break;
        }
      }
    } finally {
      waiting.decrementAndGet();
      workers.decrementAndGet();
      wakeKeeper();
    }
  }

  /** Null when no more clients will come. */
  private UnixSocket accept() {
    while (true) {
      try {
        return socket.listener().accept();
      } catch (KernelException e) {
        if (e.is(Errno.EINVAL)) {
          return null;
        }
        // Out of descriptors or memory, for instance: the client waits, and so do we, a little.
        sleep(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
      }
    }
  }

  private void serve(UnixSocket client) {
    try (client) {
      Credentials peer = client.peer();
      if (!isAllowed(peer)) {
        return;
      }
      Connection connection = new Connection(client, peer.pid(), installation, answer, this);
      busy.add(connection);
      try {
        connection.serve(this::judge, Optional.of(hangUps));
      } finally {
        busy.remove(connection);
        lastServed = System.nanoTime();
        if (idleTime.isShort()) {
          wakeKeeper();
        }
      }
    } catch (KernelException | CofferException e) {
      // A client that went away, or that does not speak the protocol: there is nobody to tell but
      // the log.
      System.err.println("coffer: a client was turned away: " + e.getMessage());
    }
  }

  private boolean isAllowed(Credentials peer) {
    return peer.uid() == user || peer.uid() == 0;
  }

  private Connection.Verdict judge(Request request) {
    boolean matches = installation.buildId().map(request.build()::equals).orElse(true);
    if (leaving.get()) {
      return Connection.Verdict.RETRY;
    }
    if (!matches && !matched) {
      return Connection.Verdict.REFUSE; // whoever started us: the next engine would be the same
    }
    if (!matches || installation.isReplaced()) {
      leave();
      return Connection.Verdict.RETRY;
    }
    matched = true;
    served.incrementAndGet();
    return Connection.Verdict.ANSWER;
  }
}
