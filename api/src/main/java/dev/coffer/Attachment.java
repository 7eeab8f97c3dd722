package dev.coffer;

import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.Pty;
import dev.coffer.linux.SeccompFilter;
import dev.coffer.model.Capability;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec.EnvironmentEntry;
import dev.coffer.model.ContainerSpec.EnvironmentEntry.Scope;
import dev.coffer.model.ContainerSpec.Personality;
import dev.coffer.model.IdMap;
import dev.coffer.model.Namespace;
import dev.coffer.model.Sourced;
import dev.coffer.plan.CgroupPlacement;
import dev.coffer.runtime.Attach;
import dev.coffer.runtime.AttachOrder;
import dev.coffer.runtime.Caller;
import dev.coffer.runtime.UserScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** One lxc-attach(1). */
final class Attachment {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final Host host;
  private final Caller caller;
  private final RunningContainer container;

  Attachment(Host host, Caller caller, RunningContainer container) {
    this.host = host;
    this.caller = caller;
    this.container = container;
  }

  int attach(AttachOptions options) {
    Set<Namespace> namespaces = namespaces(options);
    Map<String, String> environment = environment(options);
    boolean confined = !options.elevated().contains(AttachOptions.Elevation.CAPABILITIES);
    Pidfd init = container.init().orElseThrow(() -> new CofferException("Failed to get init pid"));
    AttachOrder order =
        new AttachOrder(
            init,
            namespaces,
            hasRoot(),
            cgroups(options),
            birthplace(options),
            scope(options),
            commands(options),
            List.of(environment.getOrDefault("PATH", DEFAULT_PATH).split(":")),
            environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList(),
            Optional.of(caller.cwd().toString()),
            uid(options),
            options.gid().orElseGet(() -> hasRoot() ? 0 : container.spec().init().gid().value()),
            confined ? dropped() : List.of(),
            confined && container.spec().privileges().noNewPrivileges().value(),
            container.spec().privileges().keyring().value(),
            filter(options),
            EntryConfinement.of(container, host.facts().lsm(), options),
            personality(options),
            options.terminalLog(),
            options.remountProcSys());
    boolean wantsTerminal = caller.isTerminal(0) || caller.isTerminal(1) || caller.isTerminal(2);
    if (!wantsTerminal) {
      return Attach.run(order, Optional.empty(), caller, this::relay);
    }
    Optional<Fd> devpts = host.isPrivileged() ? Optional.empty() : container.devpts();
    if (devpts.isPresent()) {
      return Attach.runOnOwnTerminal(order, devpts.get(), caller, this::relay);
    }
    if (!host.isPrivileged() && container.spec().rootfs().path().isEmpty()) {
      // it has the host's terminals, and can make one that is its own
      try (Fd devices = HostFiles.open(Path.of("/dev"), OpenFlags.PATH, 0)) {
        return Attach.runOnOwnTerminal(order, devices, caller, this::relay);
      }
    }
    try (Pty terminal = container.terminal()) {
      hostUid(uid(options)).ifPresent(terminal::give);
      return Attach.run(order, Optional.of(terminal), caller, this::relay);
    }
  }

  /** Whether the container has a user 0; without a user namespace that is the host's. */
  private boolean hasRoot() {
    return !container.spec().hasUserNamespace()
        || container.spec().privileges().maps().contains(IdMap.Kind.USER, 0);
  }

  private long uid(AttachOptions options) {
    return options.uid().orElseGet(() -> hasRoot() ? 0 : container.spec().init().uid().value());
  }

  /** The host's number of a user inside, where it has one and we may use it. */
  private OptionalInt hostUid(long uid) {
    if (!host.facts().privileged()) {
      return OptionalInt.empty();
    }
    if (!container.spec().hasUserNamespace()) {
      return OptionalInt.of((int) uid);
    }
    return container.spec().privileges().idMaps().stream()
        .map(Sourced::value)
        .filter(map -> map.kind() == IdMap.Kind.USER && map.contains(uid))
        .mapToInt(map -> (int) map.toHost(uid))
        .findFirst();
  }

  private Set<Namespace> namespaces(AttachOptions options) {
    Set<Namespace> namespaces = EnumSet.noneOf(Namespace.class);
    namespaces.addAll(container.namespaces());
    if (!options.namespaces().isEmpty()) {
      namespaces.retainAll(options.namespaces());
    }
    return namespaces;
  }

  private boolean entersCgroups(AttachOptions options) {
    return !options.elevated().contains(AttachOptions.Elevation.CGROUP);
  }

  private List<String> cgroups(AttachOptions options) {
    if (!entersCgroups(options)) {
      return List.of();
    }
    return container.placement().places().stream()
        .filter(place -> !place.tree().unified())
        .map(CgroupPlacement.Place::innerDirectory)
        .toList();
  }

  /** In v2 a process is born where init is, or beside it where init made cgroups of its own. */
  private Optional<String> birthplace(AttachOptions options) {
    return unifiedPlace(options)
        .filter(place -> admits(place) || scopeOf(place).isPresent())
        .map(place -> host.lives().leaf(place.innerDirectory()));
  }

  /** Who is elsewhere has to come into the container's scope first. */
  private Optional<String> scope(AttachOptions options) {
    return unifiedPlace(options).filter(place -> !admits(place)).flatMap(this::scopeOf);
  }

  private Optional<CgroupPlacement.Place> unifiedPlace(AttachOptions options) {
    return container.placement().places().stream()
        .filter(place -> place.tree().unified() && entersCgroups(options))
        .findFirst();
  }

  private Optional<String> scopeOf(CgroupPlacement.Place place) {
    return UserScope.of(place.base(), host.facts().user().uid());
  }

  /**
   * Whether the caller may move there: who is no root needs a right to the cgroup that is above
   * both places, cgroups(7) "Delegation containment".
   */
  private boolean admits(CgroupPlacement.Place place) {
    return host.isPrivileged()
        || host.facts().trees(caller.pid()).stream()
            .filter(tree -> tree.mount().equals(place.tree().mount()))
            .anyMatch(tree -> (tree.own() + "/").startsWith(place.base() + "/"));
  }

  private List<List<String>> commands(AttachOptions options) {
    if (!options.command().isEmpty()) {
      return List.of(options.command());
    }
    List<List<String>> commands = new ArrayList<>();
    LoginShell.of(container.initPid(), uid(options))
        .ifPresent(shell -> commands.add(List.of(shell)));
    commands.add(List.of("/bin/sh"));
    return commands;
  }

  /** What init has lost for good. */
  private List<Capability> dropped() {
    long bounding = Processes.mask(container.initPid(), "CapBnd:");
    long own = host.facts().allCapabilities();
    List<Capability> dropped = new ArrayList<>();
    for (Capability capability : Capability.values()) {
      if ((own & capability.bit()) != 0 && (bounding & capability.bit()) == 0) {
        dropped.add(capability);
      }
    }
    return dropped;
  }

  /** Read anew as LXC does it; who keeps the caller's own confinement is not put under it. */
  private Optional<SeccompFilter> filter(AttachOptions options) {
    if (options.elevated().contains(AttachOptions.Elevation.LSM)) {
      return Optional.empty();
    }
    return SeccompLoading.of(host.policies(), caller)
        .load(container.spec(), problem -> {})
        .map(SeccompPolicies.Loaded::filter);
  }

  private void relay(Fd listener) {
    int keeper = container instanceof KeptContainer kept ? kept.life().keeperPid() : 0;
    host.lives()
        .relays()
        .serve(container.spec(), container.placement(), listener, keeper, container.initPid());
  }

  private Optional<Personality> personality(AttachOptions options) {
    if (options.architecture().isPresent()) {
      return Architectures.personality(options.architecture().get());
    }
    return container.spec().personality().map(Sourced::value);
  }

  /** Kept variables, PATH, {@code container}, lxc.environment, then those of the command line. */
  private Map<String, String> environment(AttachOptions options) {
    Map<String, String> environment = new LinkedHashMap<>();
    if (options.clearEnvironment()) {
      for (String name : options.keepVariables()) {
        String value = caller.environment().get(name);
        if (value != null) {
          environment.put(name, value);
        }
      }
    } else {
      environment.putAll(caller.environment());
    }
    environment.putIfAbsent("PATH", DEFAULT_PATH);
    environment.put("container", "lxc");
    for (Sourced<EnvironmentEntry> entry : container.spec().environment()) {
      if (entry.value().scope() != Scope.HOOKS) {
        environment.put(entry.value().name(), entry.value().value());
      }
    }
    for (String variable : options.variables()) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return environment;
  }
}
