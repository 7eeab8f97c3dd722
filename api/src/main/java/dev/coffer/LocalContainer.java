package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.image.Creator;
import dev.coffer.image.DestroyRequest;
import dev.coffer.image.Renaming;
import dev.coffer.image.Restoring;
import dev.coffer.image.server.Meter;
import dev.coffer.linux.CgroupDirs;
import dev.coffer.linux.CgroupStats;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.NetAddresses;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.ProcNet;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.ContainerState;
import dev.coffer.model.Problem;
import dev.coffer.model.plan.Plan;
import dev.coffer.plan.DeviceNotice;
import dev.coffer.plan.HostFacts.CgroupTree;
import dev.coffer.plan.LsmPlanner;
import dev.coffer.plan.Protection;
import dev.coffer.plan.Protections;
import dev.coffer.runtime.Caller;
import dev.coffer.runtime.HookInProgress;
import dev.coffer.runtime.HostFactsReader;
import dev.coffer.runtime.Interception;
import dev.coffer.runtime.LastEnd;
import dev.coffer.runtime.Life;
import dev.coffer.runtime.StartOrder;
import dev.coffer.runtime.command.CommandClient;
import dev.coffer.storage.Store;
import java.io.IOException;
import java.net.Inet6Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** A container below a directory of this machine. */
final class LocalContainer implements Container {
  private static final Duration FREEZE = Duration.ofSeconds(30);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

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
    if (!isDefined()) {
      return LxcConfig.empty();
    }
    LxcConfig config = LxcConfig.read(configFile(), caller.environment());
    ranges().recall(config, lxcPath.resolve(name));
    return config;
  }

  private IdRanges ranges() {
    return host.ranges(caller.environment());
  }

  private Optional<Life> life() {
    return host.lives().find(lxcPath, name);
  }

  /** Ours, or one that somebody else keeps. */
  private Optional<RunningContainer> find() {
    Optional<Life> life = life();
    if (life.isPresent()) {
      return life.filter(Life::isRunning).map(ours -> new KeptContainer(host.lives(), ours));
    }
    return ForeignContainer.find(host, lxcPath, name, this::config).map(Function.identity());
  }

  @Override
  public ContainerState state() {
    Optional<Life> ours = life();
    return ours.isPresent()
        ? ours.get().state()
        : CommandClient.of(lxcPath.toString(), name)
            .state(() -> life().isPresent())
            .orElseGet(this::state);
  }

  @Override
  public OptionalInt initPid() {
    return find().map(container -> OptionalInt.of(container.initPid())).orElse(OptionalInt.empty());
  }

  @Override
  public void create(CreateOptions options, Meter meter) {
    if (isDefined()) {
      throw new CofferException("Container already exists");
    }
    new Creation(host, caller, name, lxcPath, ranges(), notices).create(options, meter);
  }

  /** As it is written: what the options change comes before ids are chosen. */
  private LxcConfig startConfig(StartOptions options) {
    if (options.configFile().isPresent() || isDefined()) {
      return LxcConfig.read(options.configFile().orElse(configFile()), caller.environment());
    }
    if (options.kind() == StartOptions.Kind.APPLICATION) {
      return LxcConfig.empty();
    }
    throw new CofferException(
        "No container config specified",
        List.of("hint  there is no " + configFile() + "; make the container with lxc-create"));
  }

  @Override
  public Optional<HookInProgress> hook() {
    return life().flatMap(Life::hook);
  }

  @Override
  public Optional<LastEnd> lastEnd() {
    return LastEnd.read(lxcPath.resolve(name));
  }

  private StartOrder order(StartOptions options) {
    settle();
    KnownOrders.Answer answer =
        host.orders()
            .order(new KnownOrders.Wish(lxcPath, name, options), caller, () -> newOrder(options));
    answer.notices().forEach(notices);
    return answer.order();
  }

  private KnownOrders.Made newOrder(StartOptions options) {
    LxcConfig config = startConfig(options);
    List<Problem> found = new ArrayList<>();
    SeccompLoading seccomp = SeccompLoading.of(host.policies(), caller);
    StartOrder order =
        Orders.of(
            config,
            name,
            lxcPath,
            options,
            this::initPidOf,
            ranges(),
            host.facts().idMappedMounts(),
            seccomp,
            found::add);
    LsmPlanner.notices(order.request().spec(), host.facts().lsm()).forEach(found::add);
    return new KnownOrders.Made(new KnownOrders.Answer(order, found), config);
  }

  private OptionalInt initPidOf(String other) {
    return new LocalContainer(host, caller, notices, other, lxcPath).initPid();
  }

  @Override
  public int start(StartOptions options) {
    return host.lives().start(() -> watched(order(options)), options.foreground(), caller);
  }

  private StartOrder watched(StartOrder order) {
    ContainerSpec spec = order.request().spec();
    host.limits().look(spec).forEach(notices);
    HostFactsReader facts = host.facts();
    DeviceNotice.of(spec, facts.trees(), facts.isHostsRoot()).forEach(notices);
    NetworkWatch.look(spec, facts.isHostsRoot()).forEach(notices);
    return order;
  }

  @Override
  public Plan plan(StartOptions options) {
    return host.lives().plan(order(options), caller);
  }

  private RunningContainer running() {
    return find().orElseThrow(() -> new CofferException(name + " is not running"));
  }

  @Override
  public boolean stop(StopOptions options) {
    if (options.action() != StopOptions.Action.REBOOT && endsBetweenLives(options)) {
      return true;
    }
    try (RunningContainer container = running()) {
      return new Stopping(container).stop(options);
    }
  }

  /** One that is about to live again ends now, or runs again and is stopped like any other. */
  private boolean endsBetweenLives(StopOptions options) {
    Optional<Life> ours = life();
    ours.ifPresent(Life::stopAsked);
    if (ours.filter(Life::isBetweenLives).isEmpty()) {
      return false;
    }
    await(Set.of(ContainerState.STOPPED, ContainerState.RUNNING), Optional.of(options.timeout()));
    return life().isEmpty();
  }

  @Override
  public int attach(AttachOptions options) {
    try (RunningContainer container = running()) {
      return new Attachment(host, caller, container).attach(options);
    }
  }

  @Override
  public Execution exec(AttachOptions options) {
    running().close(); // one that does not run is told at once
    return Execution.begin(
        host.helpers(),
        caller.environment(),
        executing -> {
          try (RunningContainer container = running()) {
            return new Attachment(host, executing, container).attach(options);
          }
        });
  }

  @Override
  public int console(ConsoleOptions options) {
    try (RunningContainer container = running()) {
      return new TtySession(lxcPath, name, container, caller).use(options);
    }
  }

  @Override
  public void addDevice(String device, Optional<String> inside) {
    try (RunningContainer container = running()) {
      new Devices(lxcPath, name, container, caller).add(device, inside);
    }
  }

  @Override
  public void removeDevice(String device, Optional<String> outside) {
    try (RunningContainer container = running()) {
      new Devices(lxcPath, name, container, caller).remove(device, outside);
    }
  }

  @Override
  public String attachInterface(InterfaceOptions options) {
    return interfaceChanges().add(options);
  }

  @Override
  public void detachInterface(String inside, boolean saved) {
    interfaceChanges().remove(inside, saved);
  }

  @Override
  public void setInterfaceUp(String inside, boolean up) {
    interfaceChanges().setUp(inside, up);
  }

  /** The file alone, as it is to be saved again. */
  private LxcConfig writtenConfig() {
    return isDefined() ? LxcConfig.read(configFile(), caller.environment()) : LxcConfig.empty();
  }

  private Interfaces interfaceChanges() {
    if (running() instanceof KeptContainer kept) {
      return new Interfaces(lxcPath, name, kept, this::writtenConfig, configFile());
    }
    throw new CofferException(
        "the interfaces of " + name + " belong to whoever started it",
        List.of("hint  \"lxc-device add\" moves an interface of the host into it"));
  }

  @Override
  public boolean consoleLog(boolean follow, Consumer<byte[]> out) {
    return new ConsoleReading(lxcPath, name, life().isPresent()).read(follow, out);
  }

  @Override
  public void freeze() {
    try (RunningContainer container = running()) {
      if (!CgroupDirs.freeze(container.placement().freezer(), FREEZE)) {
        throw new CofferException(
            "not all processes stopped within " + FREEZE.toSeconds() + " seconds");
      }
      container.frozen(true);
    }
  }

  @Override
  public void unfreeze() {
    try (RunningContainer container = running()) {
      CgroupDirs.thaw(container.placement().freezer());
      container.frozen(false);
    }
  }

  /** Nobody tells when somebody else starts it: that is looked for now and then, as LXC does. */
  @Override
  public boolean await(Set<ContainerState> states, Optional<Duration> timeout) {
    CommandClient others = CommandClient.of(lxcPath.toString(), name);
    long end = timeout.map(limit -> System.nanoTime() + limit.toNanos()).orElse(Long.MAX_VALUE);
    while (true) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      boolean foreign = life().isEmpty() && others.state() != ContainerState.STOPPED;
      if (foreign) {
        Optional<Duration> limit = timeout.map(_ -> left);
        if (others.await(states, limit).isPresent()) {
          return true;
        }
      } else if (host.lives().await(lxcPath, name, states, Optional.of(shorter(left)))) {
        return true;
      }
      // interrupted: whoever asked is gone
      if (System.nanoTime() >= end || Thread.currentThread().isInterrupted()) {
        return false;
      }
    }
  }

  private static Duration shorter(Duration left) {
    return left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN;
  }

  @Override
  public Optional<Usage> usage() {
    return find()
        .flatMap(container ->
            container.placement().places().stream()
                .findFirst()
                .map(place -> {
                  CgroupStats stats = CgroupStats.read(host.trees(), place.limit());
                  return new Usage(
                      stats.cpu(),
                      stats.io(),
                      stats.memory(),
                      stats.swap(),
                      stats.kernelMemory(),
                      LinkUsage.of(container::item));
                }));
  }

  @Override
  public Optional<Disk> disk() {
    ContainerSpec spec = specInForce();
    return spec.rootfs()
        .path()
        .flatMap(path -> Store.of(spec.rootfs().type(), path.value()))
        .flatMap(store -> Disk.of(store, initPid()));
  }

  @Override
  public Optional<Metrics> metrics() {
    return find()
        .map(found -> {
          try (RunningContainer container = found) {
            return new Metering(container.placement(), container.initPid()).read();
          }
        });
  }

  @Override
  public String cgroupValue(String file) {
    return cgroupFile(file, CgroupFile::read);
  }

  @Override
  public void setCgroupValue(String file, String value) {
    cgroupFile(
        file,
        opened -> {
          opened.write(value);
          return value;
        });
  }

  private String cgroupFile(String file, Function<CgroupFile, String> use) {
    try (RunningContainer container = running()) {
      CommandClient keeper = CommandClient.of(lxcPath.toString(), name);
      return use.apply(new CgroupFile(keeper, container.placement(), file));
    }
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
    OptionalInt pid = initPid();
    if (pid.isEmpty()) {
      return List.of();
    }
    if (!host.isPrivileged()) {
      return seenFromOutside(Path.of("/proc/" + pid.getAsInt() + "/net"));
    }
    Path path = Path.of("/proc/" + pid.getAsInt() + "/ns/net");
    try (Fd namespace = HostFiles.open(path, OpenFlags.READ_ONLY, 0)) {
      return NetAddresses.read(namespace);
    }
  }

  /** A process of many threads cannot enter the user namespace that would let it in, setns(2). */
  private static List<NetAddresses.Link> seenFromOutside(Path net) {
    return ProcNet.parse(
        HostFiles.readIfThere(net.resolve("dev")).orElse(""),
        HostFiles.readIfThere(net.resolve("if_inet6")).orElse(""),
        HostFiles.readIfThere(net.resolve("fib_trie")).orElse(""),
        HostFiles.readIfThere(net.resolve("route")).orElse(""));
  }

  private static Address address(NetAddresses.Link link, NetAddresses.Address address) {
    return new Address(
        link.name(), address.address().getHostAddress(), address.address() instanceof Inet6Address);
  }

  @Override
  public Optional<String> configItem(String key) {
    return find().map(container -> container.item(key)).orElseGet(() -> config().get(key));
  }

  private ContainerSpec specInForce() {
    return find().map(RunningContainer::spec).orElseGet(() -> config().spec(name, lxcPath));
  }

  @Override
  public List<Protection> protections() {
    ContainerSpec spec = specInForce();
    HostFactsReader facts = host.facts();
    boolean unified = facts.trees().stream().allMatch(CgroupTree::unified);
    return DeviceNotice.correct(
        Protections.of(spec, facts.idMappedMounts(), unified),
        DeviceNotice.of(spec, facts.trees(), facts.isHostsRoot()));
  }

  @Override
  public Optional<String> seccompFilter() {
    return host.policies().describe(Interception.effective(specInForce()), caller.cwd());
  }

  @Override
  public void copy(CopyOptions options) {
    requireDefined();
    new Copying(host, caller, this, ranges()).copy(options);
  }

  @Override
  public void rename(String to) {
    requireDefined();
    if (state() != ContainerState.STOPPED) {
      throw new CofferException(name + " is running", List.of("hint  stop it first"));
    }
    Renaming.rename(
        lxcPath.resolve(name),
        lxcPath.resolve(to),
        Destruction.request(config().spec(name, lxcPath), false).storage());
    ranges().move(lxcPath.resolve(name), lxcPath.resolve(to));
  }

  private void requireDefined() {
    settle();
    if (!isDefined()) {
      throw new CofferException("Container is not defined");
    }
  }

  /** Ends what a killed engine had begun with the container's files. */
  private void settle() {
    Path directory = lxcPath.resolve(name);
    Creator.discardAbandoned(directory);
    Restoring.discard(directory);
    try {
      Renaming.finish(directory);
    } catch (IOException e) {
      throw new CofferException("cannot finish renaming " + name + ": " + e.getMessage());
    }
  }

  private Snapshots savedStates() {
    requireDefined();
    return new Snapshots(
        this, (snapshot, folder) -> new LocalContainer(host, caller, notices, snapshot, folder));
  }

  @Override
  public String snapshot(Optional<String> comment) {
    return savedStates().make(comment);
  }

  @Override
  public List<Snapshot> snapshots() {
    return savedStates().list();
  }

  @Override
  public void restore(String snapshot, Optional<String> to) {
    savedStates().restore(snapshot, to);
  }

  @Override
  public void destroySnapshot(String snapshot) {
    savedStates().destroy(snapshot);
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
    DestroyRequest request = Destruction.request(spec, options.withSnapshots());
    Destruction.run(request, spec, ranges(), host.facts().user(), caller);
  }
}
