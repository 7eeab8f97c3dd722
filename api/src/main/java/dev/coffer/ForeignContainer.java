package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.linux.Fd;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.Processes;
import dev.coffer.linux.Pty;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.ContainerState;
import dev.coffer.model.Namespace;
import dev.coffer.plan.CgroupPlacement;
import dev.coffer.plan.HostFacts.CgroupTree;
import dev.coffer.runtime.command.ActiveContainers;
import dev.coffer.runtime.command.CommandClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A container that someone else keeps running, LXC's own tools for instance; asked over its command
 * socket. What the socket does not tell is taken from /proc and from the container's file.
 */
final class ForeignContainer implements RunningContainer {
  private static final int LOOK_AGAIN_MILLIS = 50;

  private final CommandClient client;
  private final Collection<CgroupTree> trees;
  private final Supplier<ContainerSpec> file;
  private final int initPid;
  private Optional<Pidfd> init = Optional.empty();

  private ForeignContainer(
      CommandClient client,
      Collection<CgroupTree> trees,
      Supplier<ContainerSpec> file,
      int initPid) {
    this.client = client;
    this.trees = trees;
    this.file = file;
    this.initPid = initPid;
  }

  /**
   * @param config the container's file, read only when it is needed
   * @return empty when nobody keeps it running
   */
  static Optional<ForeignContainer> find(
      Host host, Path lxcPath, String name, Supplier<LxcConfig> config) {
    CommandClient client = CommandClient.of(lxcPath.toString(), name);
    OptionalInt pid = client.initPid();
    return pid.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ForeignContainer(
                client,
                host.facts().trees(),
                () -> config.get().spec(name, lxcPath),
                pid.getAsInt()));
  }

  /** Names of all that run below a directory, ours too. */
  static Set<String> active(Path lxcPath) {
    return ActiveContainers.read().stream()
        .filter(found -> found.lxcPath().equals(lxcPath.toString()))
        .map(ActiveContainers.Found::name)
        .collect(Collectors.toSet());
  }

  @Override
  public ContainerState state() {
    return client.state();
  }

  @Override
  public int initPid() {
    return initPid;
  }

  @Override
  public synchronized Optional<Pidfd> init() {
    if (init.isEmpty()) {
      init = client.initPidfd().or(() -> Pidfd.open(initPid));
    }
    return init;
  }

  @Override
  public ContainerSpec spec() {
    return file.get();
  }

  /** Those in which its init is apart from us. */
  @Override
  public Set<Namespace> namespaces() {
    int self = (int) ProcessHandle.current().pid();
    Set<Namespace> apart = EnumSet.noneOf(Namespace.class);
    for (Namespace namespace : Namespace.values()) {
      Optional<String> theirs = Processes.namespace(initPid, namespace);
      if (theirs.isPresent() && !theirs.equals(Processes.namespace(self, namespace))) {
        apart.add(namespace);
      }
    }
    return apart;
  }

  /** Beside v1, LXC tells nothing of v2, where the cgroup has the same name. */
  @Override
  public CgroupPlacement placement() {
    List<CgroupPlacement.Place> places = new ArrayList<>();
    String last = "";
    for (CgroupTree tree : trees) {
      String told =
          client.cgroupPath(tree.unified() ? "" : tree.controllers().getFirst()).orElse(last);
      String path = told.startsWith("/") ? told : "/" + told;
      if (!told.isEmpty() && Files.isDirectory(Path.of(tree.mount() + path))) {
        places.add(new CgroupPlacement.Place(tree, tree.base(), path, path, Optional.empty()));
        last = path;
      }
    }
    return new CgroupPlacement(places);
  }

  @Override
  public Optional<String> item(String key) {
    // over the socket, a value that is not set looks like an unknown key
    return client.configItem(key).or(() -> LxcConfig.empty().get(key));
  }

  @Override
  public Pty terminal() {
    Optional<Fd> devpts = client.devpts();
    try {
      return devpts.map(Pty::openIn).orElseGet(Pty::open);
    } finally {
      devpts.ifPresent(Fd::close);
    }
  }

  @Override
  public Optional<Fd> consoleTerminal() {
    return Optional.empty();
  }

  @Override
  public void frozen(boolean frozen) {
    client.announce(frozen ? ContainerState.FROZEN : ContainerState.THAWED);
  }

  @Override
  public boolean await(Set<ContainerState> states, Duration timeout) {
    return client.await(states, Optional.of(timeout)).isPresent();
  }

  @Override
  public boolean reboot(int signal, Optional<Duration> timeout) {
    long end = System.nanoTime() + timeout.orElse(Duration.ZERO).toNanos();
    signal(signal);
    while (timeout.isPresent()) {
      OptionalInt pid = client.initPid();
      if (pid.isPresent()
          && pid.getAsInt() != initPid
          && client.state() == ContainerState.RUNNING) {
        return true;
      }
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(LOOK_AGAIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  @Override
  public synchronized void close() {
    init.ifPresent(Pidfd::close);
    init = Optional.empty();
  }
}
