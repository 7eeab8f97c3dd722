package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.image.Creator;
import dev.coffer.image.Destroyer;
import dev.coffer.linux.CgroupDirs;
import dev.coffer.linux.CgroupStats;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.NetAddresses;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.Pidfd;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.ContainerState;
import dev.coffer.model.Problem;
import dev.coffer.model.plan.Plan;
import dev.coffer.runtime.Caller;
import dev.coffer.runtime.Life;
import dev.coffer.runtime.StartOrder;
import java.net.Inet6Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** A container below a directory of this machine. */
final class LocalContainer implements Container {
  private static final Duration FREEZE = Duration.ofSeconds(30);
  private static final Set<ContainerState> STOPPED = EnumSet.of(ContainerState.STOPPED);
  private static final int SIGKILL = 9;

  private final Host host;
  private final Caller caller;
  private final Consumer<Problem> notices;
  private final String name;
  private final Path lxcPath;

  LocalContainer(Host host, Caller caller, Consumer<Problem> notices, String name, Path lxcPath) {
    this.host = host;
    this.caller = caller;
    this.notices = notices;
    this.name = name;
    this.lxcPath = lxcPath;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Path lxcPath() {
    return lxcPath;
  }

  private Path configFile() {
    return lxcPath.resolve(name).resolve("config");
  }

  @Override
  public boolean isDefined() {
    return Files.isRegularFile(configFile());
  }

  @Override
  public LxcConfig config() {
    return isDefined() ? LxcConfig.read(configFile(), caller.environment()) : LxcConfig.empty();
  }

  private Optional<Life> life() {
    return host.lives().find(lxcPath, name);
  }

  @Override
  public ContainerState state() {
    return life().map(Life::state).orElse(ContainerState.STOPPED);
  }

  @Override
  public OptionalInt initPid() {
    return life()
        .filter(Life::isRunning)
        .map(life -> OptionalInt.of(life.initPid()))
        .orElse(OptionalInt.empty());
  }

  @Override
  public void create(CreateOptions options) {
    if (isDefined()) {
      throw new CofferException("Container already exists");
    }
    new Creation(host, caller, name, lxcPath).create(options);
  }

  private LxcConfig startConfig(StartOptions options) {
    if (options.configFile().isPresent()) {
      return LxcConfig.read(options.configFile().get(), caller.environment());
    }
    if (isDefined()) {
      return config();
    }
    if (options.kind() == StartOptions.Kind.APPLICATION) {
      return LxcConfig.empty();
    }
    throw new CofferException(
        "No container config specified",
        List.of("hint  there is no " + configFile() + "; make the container with lxc-create"));
  }

  private StartOrder order(StartOptions options) {
    Creator.discardAbandoned(lxcPath.resolve(name));
    return Orders.of(startConfig(options), name, lxcPath, options, this::initPidOf, notices);
  }

  private String initPidOf(String other) {
    return host.lives()
        .find(lxcPath, other)
        .filter(Life::isRunning)
        .map(life -> String.valueOf(life.initPid()))
        .orElseThrow(() ->
            new CofferException(
                "cannot share a namespace of " + other + ": it is not running",
                List.of("hint  start " + other + " first")));
  }

  @Override
  public int start(StartOptions options) {
    return host.lives().start(order(options), caller);
  }

  @Override
  public Plan plan(StartOptions options) {
    return host.lives().plan(order(options));
  }

  private Life running() {
    return life()
        .filter(Life::isRunning)
        .orElseThrow(() -> new CofferException(name + " is not running"));
  }

  @Override
  public boolean stop(StopOptions options) {
    return new Stopping(host, running()).stop(options);
  }

  @Override
  public int attach(AttachOptions options) {
    return new Attachment(host, caller, running()).attach(options);
  }

  @Override
  public void freeze() {
    Life life = running();
    if (!CgroupDirs.freeze(life.freezer(), FREEZE)) {
      throw new CofferException(
          "not all processes stopped within " + FREEZE.toSeconds() + " seconds");
    }
    host.lives().frozen(life, true);
  }

  @Override
  public void unfreeze() {
    Life life = running();
    CgroupDirs.thaw(life.freezer());
    host.lives().frozen(life, false);
  }

  @Override
  public boolean await(Set<ContainerState> states, Optional<Duration> timeout) {
    return host.lives().await(lxcPath, name, states, timeout);
  }

  @Override
  public Optional<Usage> usage() {
    return life()
        .filter(Life::isRunning)
        .map(life -> {
          CgroupStats stats = CgroupStats.read(host.trees(), cgroup(life));
          return new Usage(
              stats.cpu(),
              stats.io(),
              stats.memory(),
              stats.swap(),
              stats.kernelMemory(),
              List.of());
        });
  }

  private static String cgroup(Life life) {
    return life.placement().places().getFirst().limit();
  }

  @Override
  public List<Address> addresses() {
    List<Address> addresses = new ArrayList<>();
    for (NetAddresses.Link link : links()) {
      if (!link.loopback()) {
        link.addresses().stream()
            .filter(address -> address.scope() == NetAddresses.Scope.GLOBAL)
            .forEach(address -> addresses.add(address(link, address)));
      }
    }
    return addresses;
  }

  @Override
  public List<String> interfaces() {
    return links().stream().map(NetAddresses.Link::name).sorted().toList();
  }

  private List<NetAddresses.Link> links() {
    Optional<Life> life = life().filter(Life::isRunning);
    if (life.isEmpty()) {
      return List.of();
    }
    Path path = Path.of("/proc/" + life.get().initPid() + "/ns/net");
    try (Fd namespace = HostFiles.open(path, OpenFlags.READ_ONLY, 0)) {
      return NetAddresses.read(namespace);
    }
  }

  private static Address address(NetAddresses.Link link, NetAddresses.Address address) {
    return new Address(
        link.name(), address.address().getHostAddress(), address.address() instanceof Inet6Address);
  }

  @Override
  public Optional<String> configItem(String key) {
    return life()
        .filter(Life::isRunning)
        .map(life -> life.item(key))
        .orElseGet(() -> config().get(key));
  }

  @Override
  public void destroy(DestroyOptions options) {
    if (!isDefined() && !Files.exists(lxcPath.resolve(name).resolve("partial"))) {
      throw new CofferException("Container is not defined");
    }
    if (state() != ContainerState.STOPPED) {
      if (!options.force()) {
        throw new CofferException(name + " is running");
      }
      stop(StopOptions.KILL);
    }
    ContainerSpec spec = config().spec(name, lxcPath);
    Destroyer.destroy(Destruction.request(spec, options.withSnapshots()));
  }

  /** Asks a container to end, and ends it if it does not. */
  private record Stopping(Host host, Life life) {
    private static final int SIGPWR = 30;
    private static final int SIGRTMIN_3 = 37;

    boolean stop(StopOptions options) {
      return switch (options.action()) {
        case KILL -> kill(options);
        case SHUTDOWN -> shutdown(options);
        case REBOOT -> reboot(options);
      };
    }

    private boolean kill(StopOptions options) {
      signal(life.spec().signals().stop());
      CgroupDirs.thaw(life.freezer());
      return !options.await() || await(options.timeout());
    }

    private boolean shutdown(StopOptions options) {
      if (life.state() == ContainerState.FROZEN) {
        CgroupDirs.thaw(life.freezer());
      }
      signal(life.spec().signals().halt().orElseGet(this::usualHalt));
      if (!options.await() || await(options.timeout())) {
        return true;
      }
      if (!options.thenKill()) {
        return false;
      }
      signal(SIGKILL);
      return await(options.timeout().plusSeconds(10));
    }

    /**
     * systemd takes SIGRTMIN+3 through a signalfd, so it has it blocked; SIGPWR means little to it.
     */
    private int usualHalt() {
      return Processes.blocks(life.initPid(), SIGRTMIN_3) ? SIGRTMIN_3 : SIGPWR;
    }

    private boolean reboot(StopOptions options) {
      long lives = life.generation();
      signal(life.spec().signals().reboot());
      return !options.await() || host.lives().awaitGeneration(life, lives + 1, options.timeout());
    }

    private void signal(int number) {
      Optional<Pidfd> init = life.initPidfd();
      init.ifPresent(pidfd -> pidfd.sendSignal(number));
    }

    private boolean await(Duration timeout) {
      return host.lives().await(life.lxcPath(), life.name(), STOPPED, Optional.of(timeout));
    }
  }
}
