package dev.coffer.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What is wanted of one container, whatever dialect said it. Checked values only: readers report
 * what they could not read as {@link Problem}s and never put it here.
 *
 * @param lxcPath the directory that holds the container's directory
 * @param configFile the file this came from, for hooks
 * @param clockOffsets those that are not zero
 * @param coreScheduling who wants processor cores that are shared with nobody
 * @param keeperMounts who wants a mount namespace for the keeper
 * @param notInEffect keys that were understood but that this version does not act on yet
 */
public record ContainerSpec(
    String name,
    Path lxcPath,
    Optional<Path> configFile,
    Optional<Sourced<String>> hostname,
    Optional<Sourced<Personality>> personality,
    Init init,
    List<Sourced<EnvironmentEntry>> environment,
    RootFs rootfs,
    Mounts mounts,
    Terminals terminals,
    Namespaces namespaces,
    Privileges privileges,
    Limits limits,
    Cgroups cgroups,
    int hookVersion,
    List<Sourced<Hook>> hooks,
    Signals signals,
    List<Nic> nics,
    boolean ephemeral,
    Restart restart,
    List<Sourced<ClockOffset>> clockOffsets,
    Optional<Origin> coreScheduling,
    Optional<Origin> keeperMounts,
    Log log,
    List<Sourced<String>> notInEffect) {

  public ContainerSpec {
    Objects.requireNonNull(name);
    Objects.requireNonNull(lxcPath);
    environment = List.copyOf(environment);
    hooks = List.copyOf(hooks);
    nics = List.copyOf(nics);
    clockOffsets = List.copyOf(clockOffsets);
    notInEffect = List.copyOf(notInEffect);
  }

  /** The container's own directory. */
  public Path directory() {
    return lxcPath.resolve(name);
  }

  public List<Sourced<Hook>> hooks(HookType type) {
    return hooks.stream().filter(hook -> hook.value().type() == type).toList();
  }

  public boolean hasUserNamespace() {
    return !privileges.idMaps().isEmpty();
  }

  /** personality(2) domains that lxc.arch can select. */
  public enum Personality {
    LINUX,
    LINUX32
  }

  /**
   * The first process.
   *
   * @param command for lxc-start, one line as written; absent means /sbin/init
   * @param executeCommand for lxc-execute when no command is given
   * @param cwd absolute directory inside
   */
  public record Init(
      Optional<Sourced<String>> command,
      Optional<Sourced<String>> executeCommand,
      Sourced<String> cwd,
      Sourced<Long> uid,
      Sourced<Long> gid,
      List<Sourced<Long>> groups) {
    public static final Init DEFAULT =
        new Init(
            Optional.empty(),
            Optional.empty(),
            Sourced.builtIn("/", "lxc.init.cwd"),
            Sourced.builtIn(0L, "lxc.init.uid"),
            Sourced.builtIn(0L, "lxc.init.gid"),
            List.of());

    public Init {
      groups = List.copyOf(groups);
    }
  }

  /** A variable and who sees it. */
  public record EnvironmentEntry(String name, String value, Scope scope) {
    /** Who sees a variable. */
    public enum Scope {
      ALL,
      INIT,
      HOOKS
    }
  }

  /** All mounts besides the root. */
  public record Mounts(
      Optional<Sourced<String>> fstab,
      List<Sourced<MountEntry>> entries,
      Sourced<AutoMounts> auto,
      KernelPaths kernelPaths) {
    public static final Mounts NONE =
        new Mounts(
            Optional.empty(),
            List.of(),
            Sourced.builtIn(AutoMounts.NONE, "lxc.mount.auto"),
            KernelPaths.NONE);

    public Mounts {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Which namespaces are new. At most one of {@code fresh} and {@code keep} is not empty.
   *
   * @param share namespaces joined instead: a pid, a container's name, or a path
   */
  public record Namespaces(
      Set<Namespace> fresh,
      Set<Namespace> keep,
      Map<Namespace, Sourced<String>> share,
      Origin origin) {
    public static final Namespaces DEFAULT =
        new Namespaces(Set.of(), Set.of(), Map.of(), Origin.builtIn("lxc.namespace.clone"));

    public Namespaces {
      fresh = Set.copyOf(fresh);
      keep = Set.copyOf(keep);
      share = Map.copyOf(share);
    }
  }

  /**
   * Where messages about this container go. Level is 0 (trace) to 8 (fatal), absent for the
   * default.
   */
  public record Log(Optional<Integer> level, Optional<String> file, Optional<String> syslog) {
    public static final Log DEFAULT = new Log(Optional.empty(), Optional.empty(), Optional.empty());
  }
}
