package dev.coffer.plan;

import dev.coffer.model.Cgroups;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.IdMap;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.HostStep.DeviceRule;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.model.plan.Step;
import dev.coffer.plan.CgroupPlacement.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The cgroups of a container: made and limited before it exists, entered by it, device rules last.
 */
final class CgroupPlanner {
  private static final Origin BUILT_IN = Origin.builtIn("lxc.cgroup.dir");

  private static final List<String> DELEGATED_V1 = List.of("cgroup.procs", "tasks");

  private final ContainerSpec spec;
  private final HostFacts facts;
  private final CgroupPlacement placement;

  CgroupPlanner(ContainerSpec spec, HostFacts facts) {
    this.spec = spec;
    this.facts = facts;
    this.placement = CgroupPlacement.of(spec, facts);
  }

  /** What must be there before init is: the v2 cgroup it is born in, and the keeper's. */
  List<Step> createFirst() {
    List<Step> steps = new ArrayList<>();
    refuseUnusable();
    for (Place place : placement.places()) {
      if (place.tree().unified()) {
        place
            .tree()
            .scope()
            .ifPresent(unit ->
                steps.add(
                    new HostStep.StartScope(
                        unit, place.tree().mount() + place.tree().own(), origin())));
        vacate(place, steps);
        createLimited(place, steps);
        createInner(place, steps);
      }
      createKeepers(place, steps);
    }
    if (!facts.privileged()) {
      steps.addAll(createRemaining());
    }
    return steps;
  }

  /**
   * The v1 cgroups, limits other than devices, and delegation: before init enters or goes on. For
   * an ordinary user it is the keeper that delegates, which has its hands full later.
   */
  List<Step> createRest() {
    return facts.privileged() ? createRemaining() : List.of();
  }

  private List<Step> createRemaining() {
    List<Step> steps = new ArrayList<>();
    for (Place place : placement.places()) {
      if (!place.tree().unified()) {
        createLimited(place, steps);
      }
    }
    for (Sourced<Cgroups.Value> value : limits()) {
      steps.add(set(value));
    }
    // only now: a cpuset cannot become smaller than one below it, cpuset(7)
    for (Place place : placement.places()) {
      if (!place.tree().unified()) {
        createInner(place, steps);
      }
    }
    if (spec.hasUserNamespace()) {
      placement.places().forEach(place -> delegate(place, steps));
    }
    return steps;
  }

  /** What was asked for and cannot be had is told before anything is done. */
  private void refuseUnusable() {
    List<Sourced<Cgroups.Value>> refused =
        limits().stream().filter(value -> place(value).isEmpty()).toList();
    if (facts.privileged() || refused.isEmpty()) {
      return;
    }
    throw new CofferException(
        "cannot set "
            + refused.stream().map(value -> value.value().file()).collect(Collectors.joining(", "))
            + ": no cgroup is delegated to "
            + facts.user().name(),
        Delegation.advice(spec.name(), refused, facts));
  }

  private Optional<Place> place(Sourced<Cgroups.Value> value) {
    return placement.place(
        spec.cgroups().v2().contains(value) ? "" : controller(value.value().file()));
  }

  private static String controller(String file) {
    int dot = file.indexOf('.');
    return dot < 0 ? file : file.substring(0, dot);
  }

  /** A delegated cgroup is where the caller's own processes are. */
  private void vacate(Place place, List<Step> steps) {
    boolean occupied =
        !facts.privileged() && place.base().length() > 1 && place.base().equals(place.tree().own());
    if (occupied && !place.tree().controllers().isEmpty()) {
      steps.add(
          new HostStep.VacateCgroup(
              place.tree().mount() + place.base(), Delegation.SESSION, origin()));
    }
  }

  private void createLimited(Place place, List<Step> steps) {
    enableBelow(place, place.base(), steps);
    folders(place, place.limit(), steps);
    steps.add(new HostStep.CreateCgroup(place.limitDirectory(), hasCpuset(place), origin()));
  }

  private void createInner(Place place, List<Step> steps) {
    if (!place.inner().equals(place.limit())) {
      enableBelow(place, place.limit(), steps);
      steps.add(new HostStep.CreateCgroup(place.innerDirectory(), hasCpuset(place), origin()));
    }
  }

  private void createKeepers(Place place, List<Step> steps) {
    place
        .keeper()
        .ifPresent(path -> {
          folders(place, path, steps);
          steps.add(
              new HostStep.CreateKeeperCgroup(
                  place.tree().mount() + path, hasCpuset(place), origin()));
        });
  }

  private void folders(Place place, String path, List<Step> steps) {
    for (String folder : place.foldersOf(path)) {
      Step create =
          new HostStep.CreateCgroupFolder(
              place.tree().mount() + folder, hasCpuset(place), origin());
      if (!steps.contains(create)) {
        steps.add(create);
        enableBelow(place, folder, steps);
      }
    }
  }

  /** In v2 every cgroup of a path says which controllers the next one has. */
  private void enableBelow(Place place, String path, List<Step> steps) {
    if (place.tree().unified() && !place.tree().controllers().isEmpty()) {
      steps.add(
          new HostStep.EnableControllers(
              place.tree().mount() + (path.equals("/") ? "" : path),
              place.tree().controllers(),
              origin()));
    }
  }

  private static boolean hasCpuset(Place place) {
    return !place.tree().unified() && place.tree().controllers().contains("cpuset");
  }

  /** v1 values where a v1 tree is mounted, v2 values where the v2 tree is; swap after memory. */
  private List<Sourced<Cgroups.Value>> limits() {
    List<Sourced<Cgroups.Value>> first = new ArrayList<>();
    List<Sourced<Cgroups.Value>> swap = new ArrayList<>();
    if (!facts.isUnified()) {
      for (Sourced<Cgroups.Value> value : spec.cgroups().v1()) {
        if (!value.value().file().startsWith("devices.")) {
          (value.value().file().startsWith("memory.memsw") ? swap : first).add(value);
        }
      }
    }
    if (facts.unifiedTree().isPresent()) {
      spec.cgroups().v2().stream()
          .filter(value -> !value.value().file().startsWith("devices."))
          .forEach(first::add);
    }
    first.addAll(swap);
    return first;
  }

  private HostStep.SetCgroupValue set(Sourced<Cgroups.Value> value) {
    boolean v2 = spec.cgroups().v2().contains(value);
    Place place = v2 ? unifiedPlace() : legacyPlace(value);
    return new HostStep.SetCgroupValue(
        place.limitDirectory(), value.value().file(), value.value().value(), value.origin());
  }

  private Place unifiedPlace() {
    return placement.places().stream()
        .filter(place -> place.tree().unified())
        .findFirst()
        .orElseThrow();
  }

  private Place legacyPlace(Sourced<Cgroups.Value> value) {
    String controller = controller(value.value().file());
    return placement.places().stream()
        .filter(place -> !place.tree().unified() && place.tree().controllers().contains(controller))
        .findFirst()
        .orElseThrow(() ->
            new CofferException(
                "Failed to setup limits for the \""
                    + controller
                    + "\" controller: this host has no"
                    + " such v1 cgroup controller",
                List.of(
                    "from  " + value.origin().describe(),
                    "hint  see \"coffer doctor\" for the controllers at hand")));
  }

  /** As LXC leaves it: directory 0775 and process files 0664, group the container's root. */
  private void delegate(Place place, List<Step> steps) {
    Optional<Long> group = hostId(IdMap.Kind.GROUP);
    if (group.isEmpty()) {
      return;
    }
    List<String> files = place.tree().unified() ? facts.delegatable() : DELEGATED_V1;
    Origin origin = spec.privileges().idMaps().getFirst().origin();
    long owner = facts.user().uid();
    steps.add(
        new HostStep.DelegateCgroup(place.limitDirectory(), owner, group.get(), files, origin));
    if (!place.inner().equals(place.limit())) {
      steps.add(
          new HostStep.DelegateCgroup(place.innerDirectory(), owner, group.get(), files, origin));
    }
  }

  private Optional<Long> hostId(IdMap.Kind kind) {
    return spec.privileges().idMaps().stream()
        .map(Sourced::value)
        .filter(map -> map.kind() == kind && map.contains(0))
        .map(map -> map.toHost(0))
        .findFirst();
  }

  /** Moves the keeper out of the caller's session. */
  List<Step> enterKeeper() {
    List<Step> steps = new ArrayList<>();
    for (Place place : placement.places()) {
      place
          .keeper()
          .ifPresent(
              path -> steps.add(new KeeperStep.EnterCgroup(place.tree().mount() + path, origin())));
    }
    return steps;
  }

  /** The v2 cgroup init is born in, CLONE_INTO_CGROUP of clone(2). */
  Optional<String> birthplace() {
    return placement.place("").map(Place::innerDirectory);
  }

  /** The v1 cgroups init enters once it exists. */
  List<Step> join() {
    List<String> paths =
        placement.places().stream()
            .filter(place -> !place.tree().unified())
            .map(Place::innerDirectory)
            .toList();
    return paths.isEmpty() ? List.of() : List.of(new ContainerStep.JoinCgroups(paths, origin()));
  }

  /**
   * Device rules, when the container's own nodes are made. Only root can set them; in an ordinary
   * user's container there are no nodes but those bound there, so LXC goes on without, too. So it
   * is inside a container with an id map, whose own rules hold for all that is in it.
   */
  List<Step> limitDevices() {
    List<Step> steps = new ArrayList<>();
    if (!facts.privileged() || !facts.ownRealm()) {
      return steps;
    }
    if (!facts.isUnified() || facts.trees().isEmpty()) {
      // without that tree there is nothing to write the default to; a line of one's own is refused
      boolean hasTree = facts.legacyTree("devices").isPresent();
      List<Sourced<Cgroups.Value>> v1 = spec.cgroups().v1();
      (hasTree
              ? DeviceLimits.of(v1, spec, facts.isHostsRoot()).stream()
              : v1.stream().filter(DeviceLimits::isRule))
          .forEach(value -> steps.add(set(value)));
      if (!steps.isEmpty()) {
        NestingPlanner.deviceRules(spec).forEach(rule -> steps.add(allow(rule)));
      }
      return steps;
    }
    List<DeviceRule> rules = new ArrayList<>();
    Origin origin = BUILT_IN;
    for (Sourced<Cgroups.Value> value :
        DeviceLimits.of(spec.cgroups().v2(), spec, facts.isHostsRoot())) {
      String file = value.value().file();
      if (file.equals("devices.allow") || file.equals("devices.deny")) {
        addRule(rules, value, file.equals("devices.allow"));
        origin = value.origin();
      }
    }
    if (!rules.isEmpty()) {
      rules.addAll(NestingPlanner.deviceRules(spec));
      steps.add(new HostStep.FilterDevices(unifiedPlace().limitDirectory(), rules, origin));
    }
    return steps;
  }

  /** Whether the device rules are such that a start can open what it needs, terminals and null. */
  boolean devicesLeaveTerminals() {
    return DeviceLimits.leaveTerminals(
        DeviceLimits.of(
            facts.isUnified() ? spec.cgroups().v2() : spec.cgroups().v1(),
            spec,
            facts.isHostsRoot()));
  }

  private Step allow(DeviceRule rule) {
    Origin origin = spec.nesting().orElseThrow();
    return set(
        new Sourced<>(new Cgroups.Value("devices.allow", DeviceRules.describe(rule)), origin));
  }

  private static void addRule(List<DeviceRule> rules, Sourced<Cgroups.Value> value, boolean allow) {
    DeviceRule rule = DeviceRules.parse(value, allow);
    if (rule.type() == 'a') {
      rules.clear();
    }
    rules.add(rule);
  }

  private Origin origin() {
    Cgroups cgroups = spec.cgroups();
    return cgroups.containerDir().or(cgroups::dir).map(Sourced::origin).orElse(BUILT_IN);
  }
}
