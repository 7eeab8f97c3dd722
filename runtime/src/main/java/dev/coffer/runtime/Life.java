package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.LockFile;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.ContainerState;
import dev.coffer.model.Namespace;
import dev.coffer.model.Restart;
import dev.coffer.model.plan.Undo;
import dev.coffer.plan.CgroupPlacement;
import dev.coffer.plan.HostFacts;
import dev.coffer.plan.NicItems;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One container between its start and its end, as this engine knows it. Only {@link Lives} changes
 * its state; everyone may look.
 */
public final class Life {
  private final String name;
  private final Path lxcPath;
  private final RunDirectory directory;
  final AddedDeviceRules deviceRules;
  final AddedInterfaces interfaces;
  final Restarts restarts;
  private final ConsoleRing consoleRing;
  private final List<Consumer<ContainerState>> listeners = new CopyOnWriteArrayList<>();

  volatile ContainerSpec spec;
  volatile Function<String, Optional<String>> items = key -> Optional.empty();
  volatile ContainerState state = ContainerState.STARTING;
  volatile CgroupPlacement placement = new CgroupPlacement(List.of());
  volatile Set<Namespace> fresh = Set.of();
  volatile Set<Namespace> shared = Set.of();
  volatile HostFacts facts;
  volatile int initPid = -1;
  volatile int keeperPid = -1;
  volatile int ttys;
  volatile boolean application;
  volatile Optional<Path> pidFile = Optional.empty();
  volatile Optional<Pidfd> initPidfd = Optional.empty();
  volatile Executor executor;
  volatile UnixSocket command;
  volatile UnixSocket keeper;
  volatile Optional<HookInProgress> hook = Optional.empty();
  volatile boolean rebootWanted;
  volatile int exitCode;
  volatile StartOrder order;
  volatile Beginning beginning = Beginning.UNKNOWN;
  volatile long generation;
  volatile List<Undo> undos = List.of();

  /** Held while this process starts, stops or takes over the container; null otherwise. */
  volatile LockFile lock;

  /** Whether the thread of a caller in the foreground listens to the keeper. */
  volatile boolean followed;

  /** Whether clients of the command socket are served. */
  boolean served;

  /** Whether the keeper's channel is watched. */
  volatile boolean watched;

  /** Whether another process has the keeper. */
  volatile boolean elsewhere;

  private Optional<Fd> devpts = Optional.empty();

  Life(String name, Path lxcPath, RunDirectory directory) {
    this.name = name;
    this.lxcPath = lxcPath;
    this.directory = directory;
    this.consoleRing = ConsoleRing.of(lxcPath.resolve(name));
    this.restarts = new Restarts(directory.path());
    this.interfaces = new AddedInterfaces(directory.path().resolve("interfaces"));
    this.deviceRules = new AddedDeviceRules(directory.path().resolve("devices"));
  }

  public String name() {
    return name;
  }

  public Path lxcPath() {
    return lxcPath;
  }

  public ContainerSpec spec() {
    return spec;
  }

  public ContainerState state() {
    return state;
  }

  /** Init's pid as this process numbers it, -1 before it exists. */
  public int initPid() {
    return initPid;
  }

  /** The keeper's pid, -1 before it is known. */
  public int keeperPid() {
    return keeperPid;
  }

  public Optional<Pidfd> initPidfd() {
    return initPidfd;
  }

  /** The namespaces of others that the container is in. */
  public Set<Namespace> sharedNamespaces() {
    return shared;
  }

  /** The namespaces that are the container's own. */
  public Set<Namespace> namespaces() {
    return fresh;
  }

  public CgroupPlacement placement() {
    return placement;
  }

  /** The cgroup that stops and thaws all of its processes: the v1 freezer's, or the v2 one. */
  public Path freezer() {
    return placement.freezer();
  }

  public int ttys() {
    return ttys;
  }

  /** How often it has been started with this keeper: reboots count up. */
  public long generation() {
    return generation;
  }

  /** A value of the configuration it was started with; empty for unknown keys. */
  public Optional<String> item(String key) {
    return NicItems.of(spec, facts, key).or(() -> items.apply(key));
  }

  public RunDirectory directory() {
    return directory;
  }

  UnixSocket command() {
    return command;
  }

  /** Notes that it is to end, before it is made to: then no restart follows. */
  public void stopAsked() {
    if (spec.restart().when() != Restart.When.NEVER) {
      restarts.stopAsked();
    }
  }

  /** Whether nothing runs just now, and the next life may be about to begin by itself. */
  public boolean isBetweenLives() {
    return !isRunning() && spec.restart().when() != Restart.When.NEVER;
  }

  /** What is to be taken back at its end, with what has changed since its start. */
  List<Undo> journal() {
    return interfaces.in(undos);
  }

  /** How many lives in a row it has begun by itself. */
  public int restarts() {
    return restarts.count();
  }

  /** The hook that its start or end waits for now. */
  public Optional<HookInProgress> hook() {
    return hook;
  }

  /** What its console printed last. */
  public ConsoleRing consoleRing() {
    return consoleRing;
  }

  /** Hears every change of state until it is removed. */
  public void addListener(Consumer<ContainerState> listener) {
    listeners.add(listener);
  }

  public void removeListener(Consumer<ContainerState> listener) {
    listeners.remove(listener);
  }

  void tell(ContainerState fresh) {
    hook = Optional.empty();
    state = fresh;
    listeners.forEach(listener -> listener.accept(fresh));
  }

  synchronized Optional<Fd> devpts() {
    return devpts;
  }

  synchronized void devpts(Fd fd) {
    devpts = Optional.of(fd);
  }

  /** A new life has a devpts of its own. */
  synchronized void forgetDevpts() {
    devpts.ifPresent(Fd::close);
    devpts = Optional.empty();
  }

  public boolean isRunning() {
    return switch (state) {
      case RUNNING, FREEZING, FROZEN, THAWED -> true;
      case STOPPED, STARTING, STOPPING, ABORTING -> false;
    };
  }

  /** Takes the run directory's lock; false when another process holds it. */
  boolean hold() {
    if (lock == null) {
      lock = directory.tryLock().orElse(null);
    }
    return lock != null;
  }

  void release() {
    LockFile held = lock;
    lock = null;
    if (held != null) {
      held.close();
    }
  }

  /** Closes what belongs to whoever has the keeper. */
  void letGo() {
    elsewhere = true;
    close(command, keeper, executor);
    forgetDevpts();
    release();
  }

  void closeAll() {
    initPidfd.ifPresent(Pidfd::close);
    forgetDevpts();
    close(command, keeper, executor);
    release();
  }

  private static void close(AutoCloseable... resources) {
    for (AutoCloseable resource : resources) {
      if (resource != null) {
        try {
          resource.close();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
