package dev.coffer.plan;

import dev.coffer.model.Capability;
import dev.coffer.model.ClockOffset;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.ContainerSpec.EnvironmentEntry;
import dev.coffer.model.ContainerSpec.EnvironmentEntry.Scope;
import dev.coffer.model.HookType;
import dev.coffer.model.Limits.KernelValue;
import dev.coffer.model.Namespace;
import dev.coffer.model.Nic;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.Moment;
import dev.coffer.model.plan.ContainerStep.Streams;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.model.plan.Place;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.RunHook;
import dev.coffer.model.plan.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Joins the parts of a start into one plan, in the order lxc.container.conf(5) promises to hooks.
 */
public final class Planner {
  /** Where execvp(3) looks when there is no PATH. */
  private static final List<String> SEARCH_PATH =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  /** Those that another namespace's root may not join once it is in a user namespace of its own. */
  private static final EnumSet<Namespace> LENT =
      EnumSet.complementOf(EnumSet.of(Namespace.USER, Namespace.MOUNT));

  private final StartRequest request;
  private final ContainerSpec spec;
  private final HostFacts facts;
  private final Set<Namespace> fresh;
  private final boolean networkAhead;
  private final IdMapPlanner ids;
  private final CgroupPlanner cgroups;
  private final CgroupViewPlanner view;
  private final NestingPlanner nesting;
  private final MountPlanner mounts;
  private final RootPlanner root;
  private final DevicePlanner devices;
  private final SeccompPlanner seccomp;
  private final LsmPlanner lsm;
  private final NetworkPlanner network;
  private final List<Step> steps = new ArrayList<>();

  private Planner(StartRequest request, HostFacts facts) {
    this.request = request;
    this.spec = request.spec();
    this.facts = facts;
    this.fresh = NamespacePlanner.fresh(request);
    this.networkAhead = NamespacePlanner.networkAhead(request, fresh);
    this.ids = new IdMapPlanner(spec, facts);
    this.cgroups = new CgroupPlanner(spec, facts);
    this.view = new CgroupViewPlanner(request, facts, fresh);
    this.nesting = new NestingPlanner(spec, facts, fresh);
    this.mounts = new MountPlanner(request, facts, fresh, view, nesting);
    this.root = new RootPlanner(request, facts, fresh, mounts);
    this.devices = new DevicePlanner(spec, fresh.contains(Namespace.USER) || !facts.ownRealm());
    this.seccomp = new SeccompPlanner(request);
    this.lsm = new LsmPlanner(spec, facts.lsm());
    this.network = new NetworkPlanner(spec, facts);
  }

  /**
   * The plan of a start.
   *
   * @throws dev.coffer.model.CofferException when the host cannot do what the specification wants
   */
  public static Plan plan(StartRequest request, HostFacts facts) {
    Planner planner = new Planner(request, facts);
    planner.prepare();
    planner.cloneInit();
    planner.enterNamespaces();
    planner.setUpRoot();
    planner.restrict();
    planner.execute();
    return new Plan("start " + request.spec().name(), planner.steps);
  }

  /**
   * The first steps of a plan, which do not depend on the host: the keeper can do them while the
   * facts are read.
   */
  public static Plan prelude(StartRequest request) {
    List<Step> steps = new ArrayList<>();
    if (NamespacePlanner.networkAhead(request, NamespacePlanner.fresh(request))) {
      steps.add(new KeeperStep.CreateNetwork(request.spec().namespaces().origin()));
    }
    return new Plan("prepare " + request.spec().name(), steps);
  }

  private void prepare() {
    ids.requireMaps();
    lsm.requireModules();
    steps.addAll(prelude(request).steps());
    spec.keeperMounts().ifPresent(origin -> steps.add(new KeeperStep.UnshareMounts(origin)));
    if (facts.privileged()) {
      hooks(HookType.PRE_START, Place.KEEPER);
    }
    steps.addAll(lsm.load(fresh));
    steps.addAll(cgroups.createFirst());
    if (!facts.privileged()) { // a keeper that is busy with a program cannot delegate
      hooks(HookType.PRE_START, Place.KEEPER);
    }
    steps.addAll(cgroups.enterKeeper());
    steps.addAll(root.attach());
  }

  private void cloneInit() {
    shared(LENT)
        .forEach((namespace, path) ->
            steps.add(new KeeperStep.LendNamespace(namespace, path.value(), path.origin())));
    Set<Namespace> atBirth = EnumSet.noneOf(Namespace.class);
    atBirth.addAll(fresh);
    if (networkAhead) {
      atBirth.remove(Namespace.NET);
    }
    // its root is the cgroup of the moment, and init enters its own only after birth
    atBirth.remove(Namespace.CGROUP);
    // affects children only, time_namespaces(7)
    atBirth.remove(Namespace.TIME);
    steps.add(new KeeperStep.CloneInit(atBirth, cgroups.birthplace(), spec.namespaces().origin()));
    if (fresh.contains(Namespace.USER)) {
      steps.addAll(ids.write());
    }
    spec.limits()
        .rlimits()
        .forEach(limit -> steps.add(new KeeperStep.SetRlimit(limit.value(), limit.origin())));
    spec.limits()
        .procValues()
        .forEach(value ->
            steps.add(
                new KeeperStep.SetProcValue(
                    value.value().name(), value.value().value(), value.origin())));
  }

  /**
   * Whether the device rules can hold from the beginning, so that nobody waits for them: with a
   * user namespace no node is made, and the rules leave what a start opens. Hooks and file systems
   * of devices see the devices of the host as long as there are only mounts.
   */
  private boolean devicesEarly() {
    return fresh.contains(Namespace.USER)
        && Stream.of(HookType.PRE_MOUNT, HookType.MOUNT, HookType.AUTODEV)
            .allMatch(type -> spec.hooks(type).isEmpty())
        && mounts.areWithoutDevices()
        && cgroups.devicesLeaveTerminals();
  }

  private Map<Namespace, Sourced<String>> shared(Set<Namespace> which) {
    Map<Namespace, Sourced<String>> shared = new EnumMap<>(Namespace.class);
    shared.putAll(request.share());
    shared.keySet().retainAll(which);
    return shared;
  }

  private void enterNamespaces() {
    steps.add(
        new ContainerStep.DieWithKeeper(
            spec.signals().keeperDeath(), Origin.builtIn("lxc.monitor.signal.pdeath")));
    if (!fresh.contains(Namespace.USER)) {
      steps.add(new ContainerStep.ShedCredentials(spec.namespaces().origin()));
    }
    if (networkAhead) {
      steps.add(new ContainerStep.EnterNetwork(spec.namespaces().origin()));
    }
    steps.addAll(cgroups.createRest());
    steps.addAll(cgroups.join());
    steps.addAll(lsm.labelKeyrings());
    // as the starter, whose quota of keys the container's users cannot use up
    if (spec.privileges().keyring().value()) {
      steps.add(new ContainerStep.NewKeyring(spec.privileges().keyring().origin()));
    }
    if (fresh.contains(Namespace.USER)) {
      root.reach().ifPresent(steps::add);
      steps.add(ids.become());
      if (devicesEarly()) {
        steps.addAll(cgroups.limitDevices());
      }
    }
    shared(EnumSet.complementOf(LENT))
        .forEach((namespace, path) ->
            steps.add(new ContainerStep.JoinNamespace(namespace, path.value(), path.origin())));
    enterTime();
    if (view.needsNamespaceEarly()) {
      unshareCgroup();
    }
    if (fresh.contains(Namespace.UTS)) {
      spec.hostname()
          .ifPresent(name -> steps.add(new ContainerStep.SetHostname(name.value(), name.origin())));
    }
    if (fresh.contains(Namespace.NET)) {
      spec.nics().stream()
          .filter(Nic::isUp)
          .findFirst()
          .ifPresent(nic ->
              steps.add(new ContainerStep.BringUpLoopback(nic.settings().get("flags").origin())));
      steps.addAll(network.interfaces());
    }
  }

  /** What is done for a container's interfaces alone, in the order of their numbers. */
  public static List<Step> interfaces(ContainerSpec spec, HostFacts facts) {
    return new NetworkPlanner(spec, facts).interfaces();
  }

  private void enterTime() {
    if (!fresh.contains(Namespace.TIME)) {
      return;
    }
    List<Sourced<ClockOffset>> offsets = spec.clockOffsets();
    Origin origin = offsets.isEmpty() ? spec.namespaces().origin() : offsets.getFirst().origin();
    steps.add(new ContainerStep.UnshareNamespaces(EnumSet.of(Namespace.TIME), origin));
    if (!offsets.isEmpty()) {
      steps.add(
          new KeeperStep.SetClockOffsets(offsets.stream().map(Sourced::value).toList(), origin));
    }
    steps.add(new ContainerStep.EnterTime(origin));
  }

  private void unshareCgroup() {
    if (fresh.contains(Namespace.CGROUP)) {
      steps.add(
          new ContainerStep.UnshareNamespaces(
              EnumSet.of(Namespace.CGROUP), spec.namespaces().origin()));
    }
  }

  private void setUpRoot() {
    boolean ownMounts = fresh.contains(Namespace.MOUNT);
    if (ownMounts) {
      steps.add(new ContainerStep.IsolateMounts(spec.namespaces().origin()));
    }
    hooks(HookType.PRE_MOUNT, Place.CONTAINER);
    Optional<Step> mounted = ownMounts ? root.mount() : Optional.empty();
    mounted.ifPresent(steps::add);
    if (ownMounts) {
      if (mounted.isPresent()) {
        steps.addAll(devices.mountDev());
      }
      steps.addAll(mounts.mounts());
      steps.addAll(mounts.protection());
      if (mounted.isPresent()) {
        steps.addAll(lsm.nestingMounts());
      }
    }
    hooks(HookType.MOUNT, Place.CONTAINER);
    if (mounted.isPresent()) {
      hooks(HookType.AUTODEV, Place.CONTAINER);
      steps.addAll(devices.populate());
      steps.addAll(nesting.nodes());
    }
    spec.limits().sysctls().forEach(this::sysctl);
    mounted.ifPresent(mount -> steps.add(new ContainerStep.PivotRoot(mount.origin())));
    if (ownMounts) {
      steps.addAll(mounts.propagations());
    }
    if (!view.needsNamespaceEarly()) {
      unshareCgroup();
    }
  }

  private void sysctl(Sourced<KernelValue> value) {
    Set<Namespace> own = EnumSet.noneOf(Namespace.class);
    own.addAll(fresh);
    own.addAll(request.share().keySet());
    Sysctls.check(value, own);
    steps.add(
        new ContainerStep.SetSysctl(value.value().name(), value.value().value(), value.origin()));
  }

  private void restrict() {
    if (!devicesEarly()) {
      steps.addAll(cgroups.limitDevices());
    }
    hooks(HookType.START_HOST, Place.KEEPER);
    spec.coreScheduling().ifPresent(origin -> steps.add(new ContainerStep.IsolateCores(origin)));
    spec.personality()
        .ifPresent(
            value -> steps.add(new ContainerStep.SetPersonality(value.value(), value.origin())));
    List<Capability> dropped = dropped();
    if (!dropped.isEmpty()) {
      Origin origin =
          spec.privileges()
              .keep()
              .filter(keep -> !keep.isEmpty())
              .map(List::getFirst)
              .or(() -> spec.privileges().drop().stream().findFirst())
              .map(Sourced::origin)
              .orElse(Origin.builtIn("lxc.cap.keep"));
      steps.add(new ContainerStep.DropCapabilities(dropped, origin));
    }
    // the init of lxc-execute executes nothing, and is to be confined too
    steps.addAll(lsm.label(request.application() ? Moment.NOW : Moment.AT_EXECUTION));
    if (spec.privileges().noNewPrivileges().value()) {
      steps.add(
          new ContainerStep.ForbidNewPrivileges(spec.privileges().noNewPrivileges().origin()));
    }
    if (!spec.hooks(HookType.START).isEmpty()) {
      steps.addAll(lsm.restrict()); // they are the container's own programs
      steps.addAll(seccomp.load());
      hooks(HookType.START, Place.CONTAINER);
    }
  }

  private List<Capability> dropped() {
    Set<Capability> dropped = EnumSet.noneOf(Capability.class);
    if (spec.privileges().keep().isPresent()) {
      dropped.addAll(EnumSet.allOf(Capability.class));
      spec.privileges().keep().get().forEach(kept -> dropped.remove(kept.value()));
    } else {
      spec.privileges().drop().forEach(drop -> dropped.add(drop.value()));
    }
    dropped.removeIf(capability -> capability.number() > facts.lastCapability());
    return List.copyOf(dropped);
  }

  private void execute() {
    steps.addAll(lsm.restrict());
    Origin origin = request.command().origin();
    Sourced<String> cwd = spec.init().cwd();
    Step enterDirectory = new ContainerStep.EnterDirectory(cwd.value(), false, cwd.origin());
    // the init must be filtered too, and the fewer calls come after the filter the better
    boolean early = request.application() && seccomp.isWanted();
    if (early) {
      steps.add(enterDirectory);
      steps.addAll(seccomp.load());
    }
    if (request.application()) {
      steps.add(new ContainerStep.BecomeInit(origin));
    }
    steps.add(new ContainerStep.StartSession(streams(), origin));
    if (!early) {
      steps.add(enterDirectory);
    }
    user();
    steps.addAll(seccomp.load());
    steps.add(
        new ContainerStep.Execute(request.command().value(), SEARCH_PATH, environment(), origin));
  }

  private Streams streams() {
    if (request.callerStreams()) {
      return Streams.CALLER;
    }
    return devices.hasConsole() && spec.rootfs().path().isPresent()
        ? Streams.CONSOLE
        : Streams.NULL;
  }

  private void user() {
    long uid = spec.init().uid().value();
    long gid = spec.init().gid().value();
    List<Long> groups = spec.init().groups().stream().map(Sourced::value).toList();
    if (uid != 0 || gid != 0 || !groups.isEmpty()) {
      Origin origin = uid != 0 ? spec.init().uid().origin() : spec.init().gid().origin();
      steps.add(new ContainerStep.BecomeUser(uid, gid, groups, origin));
    }
  }

  private List<String> environment() {
    List<String> environment = new ArrayList<>(List.of("container=lxc"));
    int ttys = spec.terminals().ttys().value();
    if (ttys > 0 && spec.rootfs().path().isPresent()) {
      environment.add(
          java.util.stream.IntStream.range(0, ttys)
              .mapToObj(number -> "pts/" + number)
              .collect(Collectors.joining(" ", "container_ttys=", "")));
    }
    for (Sourced<EnvironmentEntry> entry : spec.environment()) {
      if (entry.value().scope() != Scope.HOOKS) {
        environment.add(entry.value().name() + "=" + entry.value().value());
      }
    }
    return environment;
  }

  private void hooks(HookType type, Place place) {
    spec.hooks(type)
        .forEach(
            hook -> steps.add(new RunHook(type, hook.value().command(), place, hook.origin())));
  }
}
