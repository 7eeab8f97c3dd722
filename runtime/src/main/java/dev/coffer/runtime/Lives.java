package dev.coffer.runtime;

import dev.coffer.linux.CgroupDirs;
import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.Poller;
import dev.coffer.linux.Pty;
import dev.coffer.linux.SeccompFilter;
import dev.coffer.linux.UnixSocket;
import dev.coffer.linux.WaitStatus;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerState;
import dev.coffer.model.Restart;
import dev.coffer.model.plan.Plan;
import dev.coffer.plan.HostFacts;
import dev.coffer.plan.HostFacts.CgroupTree;
import dev.coffer.plan.Planner;
import dev.coffer.plan.StartRequest;
import dev.coffer.runtime.command.CommandClient;
import dev.coffer.runtime.command.CommandSocketName;
import dev.coffer.runtime.monitor.MonitorMessage;
import dev.coffer.runtime.monitor.Teller;
import dev.coffer.runtime.program.Registers;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * All containers this engine keeps: it starts them, hears of their ends, cleans up after them, and
 * finds those again that an earlier engine started. One thread waits for all of them; work that
 * blocks goes to threads of its own.
 */
public final class Lives implements AutoCloseable {
  /** As LXC's. */
  private static final int COMMAND_BACKLOG = 100;

  private static final Logger LOG = System.getLogger("dev.coffer.runtime");
  private static final int ONE_SHOT = 1 << 30;
  private static final Duration KEEPER_DEATH = Duration.ofSeconds(5);

  private final Path base;
  private final String view = View.current();
  private final HostFactsReader facts;
  private final Recollection recollection;
  private final List<String> wake;
  private final Map<Key, Life> lives = new ConcurrentHashMap<>();
  private final Map<String, Life> cgroupNames = new HashMap<>();
  private final Preparations preparations = new Preparations();
  private final Teller teller = new Teller(System.getenv(), HostFactsReader.uid());
  private final StateChanges changes = new StateChanges(teller);
  private final ForwardClaims claims = new ForwardClaims();
  private final Object recovering = new Object();

  /** Ends whose last files may still be there when the container is called stopped. */
  private final AtomicInteger finishing = new AtomicInteger();

  private final SeccompRelays relays = new SeccompRelays();
  private final Poller poller = new Poller();
  private final ExecutorService work =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("coffer-life-", 0).factory());
  private final Thread watcher;
  private volatile boolean closed;
  private volatile Consumer<Life> onRunning = life -> {};
  private volatile Consumer<Life> onStopped = life -> {};
  private volatile Consumer<Life> onEphemeralEnd = life -> {};

  record Key(Path lxcPath, String name) {}

  /**
   * @param base the run directory
   * @param wake command that starts an engine when a keeper needs one
   */
  public Lives(Path base, HostFactsReader facts, Recollection recollection, List<String> wake) {
    this.base = base;
    this.facts = facts;
    this.recollection = recollection;
    this.wake = List.copyOf(wake);
    this.watcher = Thread.ofPlatform().daemon().name("coffer-keepers").unstarted(this::watch);
    watcher.start();
  }

  /**
   * Called when a container is running or was found running: the place to serve its command socket.
   */
  public void onRunning(Consumer<Life> action) {
    onRunning = action;
  }

  /** Called before a container's sockets are closed. */
  public void onStopped(Consumer<Life> action) {
    onStopped = action;
  }

  /** Called for ephemeral containers when all else is cleaned up. */
  public void onEphemeralEnd(Consumer<Life> action) {
    onEphemeralEnd = action;
  }

  Preparations preparations() {
    return preparations;
  }

  /** The facts for a start, whose cgroup's name no other one takes meanwhile. */
  HostFacts facts(Life life, StartRequest request, List<CgroupTree> trees) {
    return named(life, trees)
        .withGuest(GuestSystemd.version(request, trees))
        .withNetwork(facts.network(request.spec()))
        .withStorage(StorageFactsReader.read(request.spec(), life.directory().path()));
  }

  private HostFacts named(Life life, List<CgroupTree> trees) {
    synchronized (cgroupNames) {
      HostFacts now =
          facts.read(
              life.name(), trees, name -> !life.equals(cgroupNames.getOrDefault(name, life)));
      cgroupNames.put(now.cgroupName(), life);
      cgroupNames.put(now.keeperCgroupName(), life);
      return now;
    }
  }

  public HostFactsReader facts() {
    return facts;
  }

  public Optional<Life> find(Path lxcPath, String name) {
    Optional<Life> known = known(lxcPath, name);
    if (known.isPresent()) {
      return known;
    }
    RunDirectory directory = RunDirectory.of(base, lxcPath, name);
    if (directory.exists()) { // another process of this user has started it
      recover(directory);
    }
    return known(lxcPath, name);
  }

  /** The first process of a container that runs, whoever keeps it. */
  OptionalInt initPid(Path lxcPath, String name) {
    return find(lxcPath, name)
        .map(life -> life.isRunning() ? OptionalInt.of(life.initPid()) : OptionalInt.empty())
        .orElseGet(() -> CommandClient.of(lxcPath.toString(), name).initPid());
  }

  private Optional<Life> known(Path lxcPath, String name) {
    return Optional.ofNullable(lives.get(new Key(lxcPath, name)));
  }

  ForwardClaims claims() {
    return claims;
  }

  /** Whether a start or a clean-up is under way. */
  public boolean isBusy() {
    return relays.isBusy()
        || finishing.get() > 0
        || lives.values().stream().anyMatch(life -> !life.isRunning());
  }

  /** Those who pass waiting system calls on. */
  public SeccompRelays relays() {
    return relays;
  }

  public Collection<Life> all() {
    return List.copyOf(lives.values());
  }

  /** The trees as a container of the caller's can use them. */
  List<CgroupTree> trees(Caller caller, String name) {
    return UserScope.orOffered(facts.trees(caller.pid()), facts.user().uid(), name);
  }

  /** What a start would do. */
  public Plan plan(StartOrder order, Caller caller) {
    List<CgroupTree> trees = trees(caller, order.request().spec().name());
    return Planner.plan(
        order.request(),
        facts
            .read(order.request().spec().name(), trees, name -> false)
            .withGuest(GuestSystemd.version(order.request(), trees))
            .withNetwork(facts.network(order.request().spec())));
  }

  /**
   * Starts a container. The launcher is on its way while the order is made.
   *
   * @param foreground as the order will say
   * @return 0 for a detached start; for one in the foreground the exit code of its first process
   * @throws AlreadyRunningException when it runs or another start is under way
   */
  public int start(Supplier<StartOrder> orders, boolean foreground, Caller caller) {
    Executor executor = new Executor(caller.launch(foreground));
    StartOrder order;
    Life life;
    try {
      order = orders.get();
      life = claim(order);
    } catch (RuntimeException | Error e) {
      executor.quit(1);
      executor.close();
      throw e;
    }
    life.executor = executor;
    life.followed = foreground && caller.ending().isPresent();
    try {
      new Start(this, life, order, caller).run();
    } catch (RuntimeException | Error e) {
      abandon(life, e);
      throw e;
    }
    return foreground ? new Foreground(this, life, caller).awaitEnd() : 0;
  }

  /** The bound command socket is the claim: whoever holds it may start, LXC's tools included. */
  private Life claim(StartOrder order) {
    String name = order.request().spec().name();
    Path lxcPath = order.request().spec().lxcPath();
    UnixSocket command;
    try {
      command =
          UnixSocket.listenAbstract(
              CommandSocketName.of(lxcPath.toString(), name), COMMAND_BACKLOG);
    } catch (KernelException e) {
      if (e.is(Errno.EADDRINUSE)) {
        throw new AlreadyRunningException();
      }
      throw e;
    }
    Life life = new Life(name, lxcPath, RunDirectory.of(base, lxcPath, name));
    life.command = command;
    life.spec = order.request().spec();
    life.items = order.items();
    life.order = order;
    life.application = order.request().application();
    life.pidFile = order.pidFile();
    Life other = lives.put(new Key(lxcPath, name), life);
    if (other != null) {
      // its last clean-up is under way: the socket is given up before the entry
      if (!changes.awaitGone(other)) {
        forget(life);
        throw new CofferException("interrupted");
      }
    }
    change(life, ContainerState.STARTING);
    return life;
  }

  /** Takes back what a failed start did. */
  private void abandon(Life life, Throwable cause) {
    if (cause instanceof CofferException e) {
      new ContainerLog(life.spec()).error(e);
    }
    change(life, ContainerState.ABORTING);
    change(life, ContainerState.STOPPING);
    try {
      if (life.executor != null) {
        Keeping.releaseSockets(life.executor);
        life.executor.quit(1);
      }
      for (String failure : HostRunner.undo(life.undos)) {
        cause.addSuppressed(new CofferException(failure));
      }
      if (life.lock != null) {
        life.directory().remove();
      }
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
    forget(life);
  }

  void forget(Life life) {
    onStopped.accept(life);
    unwatch(life);
    life.closeAll();
    lives.remove(new Key(life.lxcPath(), life.name()), life);
    synchronized (cgroupNames) {
      cgroupNames.values().removeIf(life::equals);
    }
    change(life, ContainerState.STOPPED);
  }

  /** An earlier life's end is not that of the one that has the name now. */
  void change(Life life, ContainerState state) {
    Life current = lives.get(new Key(life.lxcPath(), life.name()));
    changes.tell(life, state, current == null || current == life);
  }

  /** Tells those who only listen, not those who wait for a state. */
  void tell(Life life, MonitorMessage message) {
    teller.tell(life.lxcPath(), message);
  }

  /** Notes that its processes are being stopped, before they are. */
  public void freezing(Life life) {
    change(life, ContainerState.FREEZING);
  }

  /** Notes that a container was frozen or thawed. */
  public void frozen(Life life, boolean frozen) {
    if (frozen) {
      if (life.state() != ContainerState.FREEZING) {
        change(life, ContainerState.FREEZING);
      }
      change(life, ContainerState.FROZEN);
    } else {
      change(life, ContainerState.THAWED);
      change(life, ContainerState.RUNNING);
    }
  }

  /** A terminal of the container's own devpts, or of the host's where it has none. */
  public Pty terminal(Life life) {
    return devpts(life).map(Pty::openIn).orElseGet(Pty::open);
  }

  /** The container's own devpts, which stays this process's to close. */
  public Optional<Fd> devpts(Life life) {
    Optional<Fd> devpts = life.devpts();
    if (devpts.isEmpty() && !life.elsewhere) {
      Optional<Fd> fetched = fetch(life, Registers.DEVPTS);
      fetched.ifPresent(life::devpts);
      devpts = fetched;
    }
    return devpts;
  }

  /** The terminal behind the console, whoever it is relayed to. */
  public Optional<Fd> consoleTerminal(Life life) {
    return life.elsewhere ? Optional.empty() : fetch(life, Registers.CONSOLE.number());
  }

  /**
   * A cgroup below {@code directory} that processes can be in: itself, unless it has controllers
   * enabled for its children, cgroups(7) "no internal processes".
   */
  public String leaf(String directory) {
    String enabled = CgroupDirs.value(Path.of(directory), "cgroup.subtree_control");
    if (enabled.isEmpty()) {
      return directory;
    }
    Path leaf = Path.of(directory, ".lxc");
    CgroupDirs.make(leaf);
    return leaf.toString();
  }

  /** Waits until all that a life leaves is cleaned up. */
  void awaitGone(Life life) {
    changes.awaitGone(life);
  }

  /** Waits for a container's next life to run. */
  public boolean awaitGeneration(Life life, long generation, Duration timeout) {
    return changes.awaitGeneration(life, generation, timeout);
  }

  /** The container runs: hear of its end, serve its clients. */
  void keep(Life life) {
    life.generation++;
    new ContainerLog(life.spec()).info("running, the process id of init is " + life.initPid());
    change(life, ContainerState.RUNNING);
    life.release();
    if (life.served) {
      life.forgetDevpts();
    } else {
      onRunning.accept(life);
      life.served = true;
    }
    if (!life.followed) {
      watch(life);
    }
    if (life.executor.hasPendingExit()) {
      poller.wakeup();
      handle(life);
    }
  }

  void watch(Life life) {
    if (life.watched) {
      rewatch(life);
    } else {
      life.watched = true;
      poller.add(life.executor.channel().fd(), Poller.READABLE | ONE_SHOT, life);
    }
  }

  private void unwatch(Life life) {
    if (!life.watched) {
      return;
    }
    life.watched = false;
    try {
      poller.remove(life.executor.channel().fd());
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT) && !e.is(Errno.EBADF)) {
        throw e;
      }
    }
  }

  private void watch() {
    while (!closed) {
      for (Poller.Event event : poller.await(-1)) {
        switch (event.attachment()) {
          case Life life -> work.execute(() -> handle(life));
          case Elsewhere other -> work.execute(() -> endedElsewhere(other, event.fd()));
          default -> throw new IllegalStateException("nobody waits for " + event.fd());
        }
      }
    }
  }

  /** Something came from a keeper; one that makes no sense is done without. */
  void handle(Life life) {
    try {
      Optional<Executor.Event> event = life.executor.readEvent();
      if (event.isEmpty()) {
        rewatch(life);
        return;
      }
      switch (event.get()) {
        case Executor.Event.Ended ended ->
            new Stop(this, life).run(new WaitStatus(ended.exit().waitStatus()));
        case Executor.Event.Gone _ -> keeperGone(life);
      }
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, life.name() + ": cannot follow its keeper: " + e.getMessage());
      keeperGone(life);
    }
  }

  private void rewatch(Life life) {
    try {
      poller.modify(life.executor.channel().fd(), Poller.READABLE | ONE_SHOT);
    } catch (KernelException | IllegalStateException _) {
      // its end was handled by the thread that ran a program
      return;
    }
  }

  private void endedElsewhere(Elsewhere other, Fd init) {
    poller.remove(init);
    other.initEnded();
  }

  /**
   * Another process has the keeper now, or is about to: the container lives on, and is not ours.
   */
  void letGo(Life life) {
    Optional<Pidfd> init = life.initPidfd().or(() -> pidfd(life.initPid()));
    onStopped.accept(life);
    unwatch(life);
    life.letGo();
    life.initPidfd = init;
    Elsewhere other = new Elsewhere(this, life);
    if (init.isPresent()) {
      poller.add(init.get().fd(), Poller.READABLE | ONE_SHOT, other);
    } else {
      work.execute(other::initEnded);
    }
  }

  /**
   * Becomes the one again that has the container's keeper.
   *
   * @return false while another process starts, stops or takes it over
   */
  boolean takeBack(Life life) {
    synchronized (recovering) {
      return new Recovery(this, recollection, life.directory(), life.directory().read())
          .takeBack(life);
    }
  }

  /**
   * The keeper was killed: init dies by its parent-death signal, the rest is ours to clean. Unless
   * it only serves another engine now, or another one cleans up already.
   */
  private void keeperGone(Life life) {
    if (life.state() == ContainerState.STOPPED) {
      return;
    }
    if (Elsewhere.keeperLives(life) || !life.hold()) {
      letGo(life);
      return;
    }
    change(life, ContainerState.STOPPING);
    life.initPidfd()
        .ifPresent(init -> {
          if (!init.awaitEnd(KEEPER_DEATH.toMillis())) {
            init.sendSignal(9);
            init.awaitEnd(KEEPER_DEATH.toMillis());
          }
        });
    finish(life);
  }

  /** The last of a life: cgroups, pid file, run directory, sockets. */
  void finish(Life life) {
    finishing.incrementAndGet();
    try {
      cleanUp(life);
      if (life.spec != null && life.spec.ephemeral() && !life.rebootWanted) {
        onEphemeralEnd.accept(life);
      }
    } finally {
      finishing.decrementAndGet();
    }
  }

  private void cleanUp(Life life) {
    try {
      for (String failure : HostRunner.undo(life.journal())) {
        LOG.log(Level.WARNING, life.name() + ": " + failure);
      }
      life.directory().remove();
      if (life.executor != null) {
        Keeping.awaitRelease(life.executor);
      }
    } finally {
      forget(life);
    }
  }

  /**
   * Waits until a container's state is one of {@code states}.
   *
   * @param timeout how long at most; empty for ever
   */
  public boolean await(
      Path lxcPath, String name, Set<ContainerState> states, Optional<Duration> timeout) {
    return changes.await(
        new StateChanges.Waiter(lxcPath, name, find(lxcPath, name), states),
        () -> known(lxcPath, name).map(Life::state).orElse(ContainerState.STOPPED),
        timeout);
  }

  /** The same for one life of a container, whatever becomes of the name meanwhile. */
  public boolean await(Life life, Set<ContainerState> states, Optional<Duration> timeout) {
    return changes.await(
        new StateChanges.Waiter(life.lxcPath(), life.name(), Optional.of(life), states),
        life::state,
        timeout);
  }

  /**
   * Finds the containers again that run without an engine, and cleans up after those that do not.
   */
  public void recover() {
    RunDirectory.all(base).forEach(this::recover);
  }

  /** Two threads that find the same container must not take it from each other. */
  void recover(RunDirectory directory) {
    synchronized (recovering) {
      RunDirectory.Note note = directory.read();
      Map<String, String> memo = note.memo();
      if (!memo.getOrDefault("view", view).equals(view)) {
        return;
      }
      if (memo.isEmpty()) {
        directory.removeUnused();
        return;
      }
      if (known(Path.of(memo.get("lxcpath")), memo.get("name"))
          .filter(life -> !life.elsewhere)
          .isEmpty()) {
        new Recovery(this, recollection, directory, note).run();
      }
    }
  }

  void adopt(Life life) {
    lives.put(new Key(life.lxcPath(), life.name()), life);
    keep(life);
    listener(life).ifPresent(fd -> relays.serve(life, fd));
  }

  /** Where calls of the container wait for an answer, if its policy makes any wait. */
  Optional<Fd> listener(Life life) {
    return life.order
        .filter()
        .filter(SeccompFilter::notifies)
        .flatMap(_ -> fetch(life, Registers.LISTENER.number()));
  }

  /** One that ended while no engine was there: its end is told when its console is drained. */
  void adoptEnded(Life life) {
    lives.put(new Key(life.lxcPath(), life.name()), life);
    change(life, ContainerState.STOPPING);
    life.watched = true;
    boolean told = life.executor.hasPendingExit();
    // once told, nobody else is to listen while its end is followed, perhaps by another life
    int events = told ? 0 : Poller.READABLE;
    poller.add(life.executor.channel().fd(), events | ONE_SHOT, life);
    if (told && life.spec().restart().when() != Restart.When.NEVER) {
      work.execute(() -> handle(life)); // which may pause before another life
    } else if (told) {
      handle(life);
    }
  }

  /** One of which nothing runs any more. */
  void bury(Life life) {
    lives.put(new Key(life.lxcPath(), life.name()), life);
    finish(life);
  }

  String view() {
    return view;
  }

  List<String> wake() {
    return wake;
  }

  /** A copy of the descriptor in a keeper's register. */
  Optional<Fd> fetch(Life life, int register) {
    return keeping(life, executor -> Keeping.fetch(executor, register, 1).stream().findFirst());
  }

  /**
   * Runs a small program by a keeper. The end of the container may be told meanwhile, and then
   * nobody else looks for it.
   */
  <T> T keeping(Life life, Function<Executor, T> program) {
    try {
      return program.apply(life.executor);
    } finally {
      if (life.executor.hasPendingExit()) {
        work.execute(() -> handle(life));
      }
    }
  }

  /** Opens a container's init by pid, for containers of an earlier engine. */
  static Optional<Pidfd> pidfd(int pid) {
    return pid > 0 ? Pidfd.open(pid) : Optional.empty();
  }

  @Override
  public void close() {
    closed = true;
    work.shutdown();
    poller.wakeup();
    for (Life life : all()) {
      unwatch(life);
      life.closeAll();
    }
  }
}
