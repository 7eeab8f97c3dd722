package dev.coffer.config;

import dev.coffer.model.AutoMounts;
import dev.coffer.model.Capability;
import dev.coffer.model.Cgroups;
import dev.coffer.model.ClockOffset;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Hook;
import dev.coffer.model.HookType;
import dev.coffer.model.Limits;
import dev.coffer.model.MountEntry;
import dev.coffer.model.Namespace;
import dev.coffer.model.Nic;
import dev.coffer.model.Origin;
import dev.coffer.model.Privileges;
import dev.coffer.model.Problem;
import dev.coffer.model.Restart;
import dev.coffer.model.RootFs;
import dev.coffer.model.Seccomp;
import dev.coffer.model.Signals;
import dev.coffer.model.Sourced;
import dev.coffer.model.SpecBuilder;
import dev.coffer.model.Terminals;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Puts the settings of an lxc.conf together into the model, group by group, and reports what LXC
 * only refuses when a container starts.
 */
final class SpecAssembly {
  private final Settings settings;
  private final SecureChoices secure;
  private final Optional<Sourced<String>> formerBackend;
  private final List<Problem> problems = new ArrayList<>();

  SpecAssembly(Settings settings, Optional<Sourced<String>> formerBackend) {
    this.settings = settings;
    this.secure = new SecureChoices(settings);
    this.formerBackend = formerBackend;
  }

  /** What {@link #assemble} found wrong. */
  List<Problem> problems() {
    return problems;
  }

  void assemble(SpecBuilder spec) {
    spec.hostname = settings.one(IdentityKeys.HOSTNAME);
    spec.personality = settings.one(IdentityKeys.PERSONALITY);
    spec.init = init();
    spec.environment.addAll(environment());
    spec.rootfs = rootfs();
    spec.terminals = terminals();
    spec.namespaces = namespaces();
    spec.privileges = privileges();
    spec.mounts = mounts(spec.privileges);
    spec.limits = limits();
    spec.cgroups = cgroups();
    spec.hookVersion = settings.oneOr(HookAndLogKeys.HOOK_VERSION, 0L).intValue();
    spec.hooks.addAll(hooks());
    spec.signals = signals();
    spec.nics.addAll(nics());
    spec.ephemeral = settings.oneOr(IdentityKeys.EPHEMERAL, false);
    spec.restart =
        new Restart(
            settings.oneOr(IdentityKeys.RESTART, Restart.When.NEVER),
            Math.toIntExact(
                settings.oneOr(IdentityKeys.RESTART_LIMIT, (long) Restart.DEFAULT_LIMIT)));
    clockOffset("monotonic", NamespaceKeys.TIME_MONOTONIC).ifPresent(spec.clockOffsets::add);
    clockOffset("boottime", NamespaceKeys.TIME_BOOT).ifPresent(spec.clockOffsets::add);
    spec.coreScheduling =
        settings.one(SecurityKeys.SCHED_CORE).filter(Sourced::value).map(Sourced::origin);
    spec.nesting = settings.one(SecurityKeys.NESTING).filter(Sourced::value).map(Sourced::origin);
    spec.keeperMounts =
        settings
            .one(IdentityKeys.MONITOR_UNSHARE)
            .filter(wanted -> wanted.value() != 0)
            .map(Sourced::origin);
    spec.log = log();
    spec.notInEffect.addAll(notInEffect(spec.rootfs));
  }

  private ContainerSpec.Init init() {
    return new ContainerSpec.Init(
        settings.one(IdentityKeys.INIT_COMMAND),
        settings.one(IdentityKeys.EXECUTE_COMMAND),
        settings.sourcedOr(IdentityKeys.INIT_CWD, "/"),
        settings.sourcedOr(IdentityKeys.INIT_UID, 0L),
        settings.sourcedOr(IdentityKeys.INIT_GID, 0L),
        settings.flat(IdentityKeys.INIT_GROUPS));
  }

  private List<Sourced<ContainerSpec.EnvironmentEntry>> environment() {
    List<Sourced<ContainerSpec.EnvironmentEntry>> entries = new ArrayList<>();
    for (Setting setting : settings.all()) {
      if (setting.value() instanceof ContainerSpec.EnvironmentEntry entry) {
        entries.add(new Sourced<>(entry, setting.origin()));
      }
    }
    return entries;
  }

  private RootFs rootfs() {
    Optional<Sourced<RootfsPath>> written =
        settings.one(StorageKeys.ROOTFS).filter(root -> !root.value().path().isEmpty());
    Optional<Sourced<RootfsOptions>> options = settings.one(StorageKeys.ROOTFS_OPTIONS);
    return new RootFs(
        written.map(this::storageType).orElse("dir"),
        written.map(root -> new Sourced<>(root.value().path(), root.origin())),
        settings.one(StorageKeys.ROOTFS_MOUNT),
        options.map(line -> line.value().options()).orElse(List.of()),
        options.map(line -> line.value().idmap()).orElse(""),
        options
            .map(Sourced::origin)
            .orElse(Origin.builtIn(StorageKeys.ROOTFS_OPTIONS.row().name())),
        settings.oneOr(StorageKeys.ROOTFS_MANAGED, true),
        settings.one(StorageKeys.ROOTFS_VOLATILE).filter(Sourced::value).map(Sourced::origin));
  }

  private String storageType(Sourced<RootfsPath> root) {
    String type = root.value().type();
    if (type.isEmpty()) {
      type = formerBackend.map(Sourced::value).filter(RootfsPath.TYPES::contains).orElse("dir");
    }
    if (!RootfsPath.TYPES.contains(type)) {
      report(root.origin(), Types.unknownWord("Unknown storage type", type, RootfsPath.TYPES));
    }
    return type;
  }

  private ContainerSpec.Mounts mounts(Privileges privileges) {
    List<Sourced<MountEntry>> entries = new ArrayList<>();
    for (Sourced<String> line : settings.each(StorageKeys.MOUNT_ENTRY)) {
      if (!line.value().startsWith("#")) {
        FstabLine.parse(line.value(), line.origin(), problems).ifPresent(entries::add);
      }
    }
    List<Sourced<AutoMountWord>> words = settings.flat(StorageKeys.MOUNT_AUTO);
    AutoMounts auto =
        AutoMountWord.toModel(
            words.stream().map(Sourced::value).toList(), keeps(privileges, Capability.SYS_ADMIN));
    Sourced<AutoMounts> sourced =
        words.isEmpty()
            ? secure.autoMounts().orElse(ContainerSpec.Mounts.NONE.auto())
            : new Sourced<>(auto, words.getLast().origin());
    return new ContainerSpec.Mounts(
        settings.one(StorageKeys.FSTAB), entries, sourced, secure.kernelPaths());
  }

  private static boolean keeps(Privileges privileges, Capability capability) {
    return privileges
        .keep()
        .map(keep -> keep.stream().anyMatch(kept -> kept.value() == capability))
        .orElse(privileges.drop().stream().noneMatch(dropped -> dropped.value() == capability));
  }

  private Terminals terminals() {
    Sourced<Long> ttys = settings.sourcedOr(StorageKeys.TTY_MAX, 0L);
    return new Terminals(
        settings.sourcedOr(StorageKeys.AUTODEV, true),
        settings.oneOr(StorageKeys.AUTODEV_SIZE, Terminals.DEFAULT_DEV_SIZE),
        new Sourced<>(ttys.value().intValue(), ttys.origin()),
        settings.oneOr(StorageKeys.TTY_DIR, ""),
        settings.oneOr(StorageKeys.PTY_MAX, 0L),
        settings.one(StorageKeys.CONSOLE_PATH),
        settings.one(StorageKeys.CONSOLE_LOG),
        settings.oneOr(StorageKeys.CONSOLE_BUFFER, 0L),
        settings.oneOr(StorageKeys.CONSOLE_SIZE, 0L),
        settings.oneOr(StorageKeys.CONSOLE_ROTATE, false));
  }

  private ContainerSpec.Namespaces namespaces() {
    List<Sourced<Namespace>> fresh = settings.flat(NamespaceKeys.CLONE);
    List<Sourced<Namespace>> keep = settings.flat(NamespaceKeys.KEEP);
    Map<Namespace, Sourced<String>> share = new EnumMap<>(Namespace.class);
    for (Setting setting : settings.of(NamespaceKeys.SHARE)) {
      Namespace.parse(setting.argument())
          .ifPresent(
              namespace -> share.put(namespace, new Sourced<>(setting.text(), setting.origin())));
    }
    Origin origin = ContainerSpec.Namespaces.DEFAULT.origin();
    if (!fresh.isEmpty() || !keep.isEmpty()) {
      origin = (fresh.isEmpty() ? keep : fresh).getLast().origin();
    }
    return new ContainerSpec.Namespaces(setOf(fresh), setOf(keep), share, origin);
  }

  private Optional<Sourced<ClockOffset>> clockOffset(String clock, Key<String> key) {
    return settings
        .one(key)
        .map(value -> new Sourced<>(TimeOffset.reread(value.value()).of(clock), value.origin()))
        .filter(offset -> offset.value().seconds() != 0 || offset.value().nanoseconds() != 0);
  }

  private static Set<Namespace> setOf(List<Sourced<Namespace>> namespaces) {
    Set<Namespace> set = EnumSet.noneOf(Namespace.class);
    namespaces.forEach(namespace -> set.add(namespace.value()));
    return set;
  }

  private Privileges privileges() {
    List<Sourced<String>> words = settings.flat(SecurityKeys.CAP_KEEP);
    Optional<List<Sourced<Capability>>> keep = Optional.empty();
    if (!words.isEmpty()) {
      int none = words.stream().map(Sourced::value).toList().lastIndexOf(SecurityKeys.NONE);
      keep = Optional.of(capabilities(words.subList(none + 1, words.size())));
    }
    return new Privileges(
        keep,
        secure.dropped().orElseGet(() -> capabilities(settings.flat(SecurityKeys.CAP_DROP))),
        settings.each(SecurityKeys.IDMAP),
        secure.automaticIds(),
        settings.sourcedOr(SecurityKeys.NO_NEW_PRIVILEGES, false),
        settings.sourcedOr(SecurityKeys.KEYRING, true),
        seccomp(),
        secure.origin(),
        ConfinementAssembly.of(settings));
  }

  private Seccomp seccomp() {
    return new Seccomp(
        secure.seccompProfile(),
        settings.oneOr(SecurityKeys.SECCOMP_NESTING, false),
        settings.one(SecurityKeys.SECCOMP_PROXY),
        settings.one(SecurityKeys.SECCOMP_COOKIE),
        settings.one(SecurityKeys.INTERCEPT));
  }

  private static List<Sourced<Capability>> capabilities(List<Sourced<String>> words) {
    List<Sourced<Capability>> capabilities = new ArrayList<>();
    for (Sourced<String> word : words) {
      SecurityKeys.capability(word.value())
          .ifPresent(capability -> capabilities.add(new Sourced<>(capability, word.origin())));
    }
    return capabilities;
  }

  private Limits limits() {
    List<Sourced<Limits.Rlimit>> rlimits = new ArrayList<>();
    for (Setting setting : settings.of(LimitKeys.PRLIMIT)) {
      Limits.Rlimit limit = LimitKeys.PRLIMIT.valueOf(setting);
      rlimits.add(
          new Sourced<>(
              new Limits.Rlimit(setting.argument(), limit.soft(), limit.hard()), setting.origin()));
    }
    return new Limits(rlimits, kernelValues(LimitKeys.SYSCTL), kernelValues(LimitKeys.PROC));
  }

  private List<Sourced<Limits.KernelValue>> kernelValues(Key<String> key) {
    List<Sourced<Limits.KernelValue>> values = new ArrayList<>();
    for (Setting setting : settings.of(key)) {
      values.add(
          new Sourced<>(
              new Limits.KernelValue(setting.argument(), setting.text()), setting.origin()));
    }
    return values;
  }

  private Cgroups cgroups() {
    Optional<Sourced<String>> dir = settings.one(LimitKeys.DIR);
    Optional<Sourced<String>> monitor = settings.one(LimitKeys.DIR_MONITOR);
    Optional<Sourced<String>> container = settings.one(LimitKeys.DIR_CONTAINER);
    Optional<Sourced<String>> own = monitor.or(() -> container);
    if (dir.isPresent() && own.isPresent()) {
      report(
          own.get().origin(),
          new BadValueException(
              "lxc.cgroup.dir conflicts with lxc.cgroup.dir.payload/monitor",
              "lxc.cgroup.dir is set at " + dir.get().origin().describe()));
    } else if (monitor.isPresent() != container.isPresent()) {
      report(
          own.orElseThrow().origin(),
          new BadValueException(
              "lxc.cgroup.dir.payload and lxc.cgroup.dir.monitor must both be set",
              "add "
                  + (monitor.isPresent() ? "lxc.cgroup.dir.container" : "lxc.cgroup.dir.monitor")));
    }
    return new Cgroups(
        cgroupValues(LimitKeys.CGROUP1),
        cgroupValues(LimitKeys.CGROUP2),
        dir,
        monitor,
        settings.one(LimitKeys.DIR_MONITOR_PIVOT),
        container,
        settings.one(LimitKeys.DIR_INNER),
        settings.sourcedOr(LimitKeys.VIEW, Cgroups.View.AUTO),
        settings.oneOr(LimitKeys.RELATIVE, false));
  }

  private List<Sourced<Cgroups.Value>> cgroupValues(Key<String> key) {
    List<Sourced<Cgroups.Value>> values = new ArrayList<>();
    for (Setting setting : settings.of(key)) {
      values.add(
          new Sourced<>(new Cgroups.Value(setting.argument(), setting.text()), setting.origin()));
    }
    return values;
  }

  private List<Sourced<Hook>> hooks() {
    List<Sourced<Hook>> hooks = new ArrayList<>();
    for (HookType type : HookType.ofContainers()) {
      for (Sourced<String> command : settings.each(HookAndLogKeys.HOOKS.get(type))) {
        hooks.add(new Sourced<>(new Hook(type, command.value()), command.origin()));
      }
    }
    return hooks;
  }

  private Signals signals() {
    // 0 is LXC's way of writing "not set".
    return new Signals(
        Optional.of(settings.oneOr(IdentityKeys.SIGNAL_HALT, 0)).filter(number -> number != 0),
        orDefault(IdentityKeys.SIGNAL_REBOOT, Signals.DEFAULT.reboot()),
        orDefault(IdentityKeys.SIGNAL_STOP, Signals.DEFAULT.stop()),
        settings.oneOr(IdentityKeys.SIGNAL_KEEPER_DEATH, Signals.DEFAULT.keeperDeath()));
  }

  private int orDefault(Key<Integer> key, int otherwise) {
    int number = settings.oneOr(key, 0);
    return number == 0 ? otherwise : number;
  }

  private List<Nic> nics() {
    Map<Integer, Map<String, Sourced<String>>> byIndex = new TreeMap<>();
    for (Setting setting : settings.all()) {
      if (NetworkKeys.isOfAny(setting.name())) {
        byIndex
            .computeIfAbsent(Integer.valueOf(setting.argument()), index -> new LinkedHashMap<>())
            .merge(
                NetworkKeys.subkey(setting.key()),
                new Sourced<>((String) setting.value(), setting.origin()),
                (first, next) ->
                    new Sourced<>(first.value() + "\n" + next.value(), first.origin()));
      }
    }
    List<Nic> nics = new ArrayList<>();
    byIndex.forEach((index, values) -> {
      Sourced<String> type = values.remove("type");
      Sourced<String> implied =
          Sourced.builtIn(NetworkKeys.DEFAULT_TYPE, NetworkKeys.PREFIX + index + ".type");
      nics.add(new Nic(index, type == null ? implied : type, values));
    });
    return nics;
  }

  private ContainerSpec.Log log() {
    return new ContainerSpec.Log(
        settings.one(HookAndLogKeys.LOG_LEVEL).map(Sourced::value),
        settings.one(HookAndLogKeys.LOG_FILE).map(Sourced::value),
        settings.one(HookAndLogKeys.LOG_SYSLOG).map(Sourced::value));
  }

  private List<Sourced<String>> notInEffect(RootFs rootfs) {
    Map<String, Sourced<String>> keys = new LinkedHashMap<>();
    for (Setting setting : settings.all()) {
      if (isWithoutEffect(setting, rootfs)) {
        keys.putIfAbsent(setting.name(), new Sourced<>(setting.name(), setting.origin()));
      }
    }
    return List.copyOf(keys.values());
  }

  private boolean isWithoutEffect(Setting setting, RootFs rootfs) {
    Key<?> key = setting.key();
    if (key == StorageKeys.ROOTFS) {
      return rootfs.type().equals("nbd") || rootfs.type().equals("rbd");
    }
    return key.row().effect() == KeyRow.Effect.LATER
        && !key.print(List.of(setting)).equals(key.row().unset());
  }

  private void report(Origin origin, BadValueException e) {
    problems.add(Problem.error(origin, e.getMessage(), e.remedy()));
  }
}
