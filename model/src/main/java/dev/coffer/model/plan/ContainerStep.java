package dev.coffer.model.plan;

import dev.coffer.model.Capability;
import dev.coffer.model.ContainerSpec.Personality;
import dev.coffer.model.Intercepts;
import dev.coffer.model.Landlock;
import dev.coffer.model.Landlock.PathRule;
import dev.coffer.model.MountEntry.Create;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.SeccompPolicy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Steps of the first process inside its new namespaces, up to the execution of init. */
public sealed interface ContainerStep extends Step {
  @Override
  default Place place() {
    return Place.CONTAINER;
  }

  /** Asks the kernel for a signal when the keeper ends, PR_SET_PDEATHSIG of prctl(2). */
  record DieWithKeeper(int signal, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "end with the keeper, by signal " + signal;
    }
  }

  /**
   * Leaves what the starter's credentials hold beyond ids: supplementary groups, and capabilities
   * that programs with file capabilities, or another user's, would inherit. A new user namespace
   * has none of the latter, and its root drops the former.
   */
  record ShedCredentials(Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "drop the starter's groups and inheritable capabilities";
    }
  }

  /** Enters the network namespace that the keeper has created, setns(2). */
  record EnterNetwork(Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "enter the new network namespace";
    }
  }

  /**
   * Enters v1 cgroups. A lone thread that moves itself through the {@code tasks} file is spared the
   * lock that every other migration takes, and with it a grace period of many milliseconds.
   */
  record JoinCgroups(List<String> paths, Origin origin) implements ContainerStep {
    public JoinCgroups {
      paths = List.copyOf(paths);
    }

    @Override
    public String describe() {
      return "enter " + String.join(" ", paths);
    }
  }

  /** Becomes uid and gid 0 of the new user namespace. */
  record BecomeRoot(Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "become root of the user namespace";
    }
  }

  /** Leaves namespaces that can only be left after the cgroup was entered, unshare(2). */
  record UnshareNamespaces(Set<Namespace> namespaces, Origin origin) implements ContainerStep {
    public UnshareNamespaces {
      namespaces = Set.copyOf(namespaces);
    }

    @Override
    public String describe() {
      return "unshare "
          + namespaces.stream().sorted().map(Namespace::file).collect(Collectors.joining(" "));
    }
  }

  /** Joins a namespace of another process, setns(2). */
  record JoinNamespace(Namespace namespace, String path, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "join " + namespace.file() + " namespace " + path;
    }
  }

  /**
   * Keeps later mounts from reaching the host: the whole tree becomes a slave, mount_namespaces(7).
   */
  record IsolateMounts(Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "make all mounts slaves of the host's";
    }
  }

  /**
   * Opens the root file system, and the place where it will be mounted, while the process is still
   * its caller, whom the way there may be open to alone.
   */
  record ReachRoot(RootSource source, String mountPoint, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      String what = source.describe();
      String place = mountPoint.equals(what) ? "" : " and its mount point " + mountPoint;
      return "reach the root file system " + what + place + " as the caller";
    }
  }

  /**
   * Puts the root file system on the mount point and holds it by a descriptor; every later path
   * below the container's root is resolved beneath that descriptor.
   *
   * @param ids whose ids those on disk become
   */
  record MountRoot(
      RootSource source, String mountPoint, MountAttributes attributes, MountIds ids, Origin origin)
      implements ContainerStep {
    @Override
    public String describe() {
      return "mount root "
          + source.describe()
          + " on "
          + mountPoint
          + attributes.describe()
          + ids.describe();
    }
  }

  record SetHostname(String name, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "set hostname " + name;
    }
  }

  /** A fresh session keyring, keyrings(7). */
  record NewKeyring(Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "join a new session keyring";
    }
  }

  record BringUpLoopback(Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "bring up lo";
    }
  }

  /**
   * Gives the engine of an ordinary user a netlink socket of the container's network namespace:
   * with one opened inside, who owns the user namespace may change all that is there, netlink(7).
   */
  record LendNetlink(Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "lend the engine a netlink socket";
    }
  }

  /** A new instance of a file system on a directory below the root, fsopen(2). */
  record MountFileSystem(
      String type,
      String source,
      Target target,
      MountAttributes attributes,
      List<String> data,
      boolean optional,
      Origin origin)
      implements ContainerStep {
    private static final Set<String> WITHOUT_DEVICE =
        Set.of("proc", "sysfs", "tmpfs", "cgroup", "cgroup2", "mqueue");

    public MountFileSystem {
      data = List.copyOf(data);
    }

    /** Whether mounting a file system of this type is known to open no device node. */
    public static boolean isWithoutDevice(String type) {
      return WITHOUT_DEVICE.contains(type);
    }

    @Override
    public String describe() {
      return "mount "
          + type
          + " on "
          + target.path()
          + attributes.describe()
          + (data.isEmpty() ? "" : " " + String.join(",", data));
    }
  }

  /**
   * Shows a directory or file of the host, or of the container's root, at a second place.
   *
   * @param insideRoot whether the source is looked up below the container's root
   * @param ids whose ids those on disk become
   */
  record BindMount(
      String source,
      boolean insideRoot,
      Target target,
      boolean recursive,
      MountAttributes attributes,
      MountIds ids,
      boolean optional,
      Origin origin)
      implements ContainerStep {
    @Override
    public String describe() {
      return "bind-mount "
          + (insideRoot ? "(root)/" : "")
          + source
          + " on "
          + target.path()
          + attributes.describe()
          + ids.describe();
    }
  }

  /**
   * Makes a path below the root read-only by a bind mount on itself; a missing one is passed over.
   *
   * @param except a directory below {@code path}, relative to it, that stays writable
   */
  record ProtectPath(String path, Optional<String> except, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "make " + path + " read-only" + except.map(inner -> " but for " + inner).orElse("");
    }
  }

  /** Hides a file or directory below the root; a missing one is passed over. */
  record MaskPath(String path, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "mask " + path;
    }
  }

  /** A character device node in the container's /dev. */
  record CreateDevice(String path, int major, int minor, int mode, Origin origin)
      implements ContainerStep {
    @Override
    public String describe() {
      return "create device " + path + " " + major + ":" + minor;
    }
  }

  record CreateDirectory(String path, int mode, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "create directory " + path;
    }
  }

  record CreateSymlink(String path, String target, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "link " + path + " to " + target;
    }
  }

  /** The container's own pseudo-terminals, devpts in Documentation/filesystems. */
  record MountDevpts(long max, Optional<Long> gid, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "mount devpts on dev/pts, at most " + max + " terminals";
    }
  }

  /** Puts the console's terminal, made by the engine, on a file in /dev. */
  record AttachConsole(String path, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "put the console on " + path;
    }
  }

  /** Takes terminals from the container's devpts and puts them on {@code prefix}1…, for getty. */
  record CreateTtys(String prefix, int count, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "create " + count + " terminals " + prefix + "1…";
    }
  }

  /** Makes the root file system the root and lets go of the host's tree, pivot_root(2). */
  record PivotRoot(Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "pivot to the root file system";
    }
  }

  /**
   * Says how mounts propagate, mount_namespaces(7).
   *
   * @param path below the root
   * @param propagation private, slave, shared, unbindable, with {@code r} in front for the whole
   *     tree
   * @param optional whether the mount may be missing
   */
  record SetPropagation(String path, String propagation, boolean optional, Origin origin)
      implements ContainerStep {
    @Override
    public String describe() {
      return "make " + (path.equals(".") ? "all mounts" : path) + " " + propagation;
    }
  }

  /** Enters the time namespace that was made for children, time_namespaces(7). */
  record EnterTime(Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "enter the time namespace";
    }
  }

  /** Shares processor cores with nobody else from now on, prctl(2) PR_SCHED_CORE. */
  record IsolateCores(Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "share no processor core with others";
    }
  }

  record SetPersonality(Personality personality, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "set personality " + personality;
    }
  }

  /** Writes a file below /proc/sys through a private instance of proc. */
  record SetSysctl(String name, String value, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "set sysctl " + name + " = " + value;
    }
  }

  /** Drops capabilities for good: from the bounding set and from all others. */
  record DropCapabilities(List<Capability> capabilities, Origin origin) implements ContainerStep {
    public DropCapabilities {
      capabilities = List.copyOf(capabilities);
    }

    @Override
    public String describe() {
      return "drop "
          + capabilities.stream().map(Capability::describe).collect(Collectors.joining(" "));
    }
  }

  record ForbidNewPrivileges(Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "forbid gaining privileges";
    }
  }

  /**
   * Loads a system call filter, seccomp(2); it holds for this process and all that come from it.
   *
   * @param privileged whether the kernel takes it because of CAP_SYS_ADMIN; otherwise because
   *     gaining privileges is forbidden
   */
  record LoadSeccomp(SeccompPolicy policy, Intercepts intercepts, boolean privileged, Origin origin)
      implements ContainerStep {
    @Override
    public String describe() {
      String answered = intercepts.isEmpty() ? "" : "; Coffer answers " + intercepts.describe();
      return "load seccomp policy " + policy.source() + ": " + policy.describe() + answered;
    }
  }

  /** Writes its AppArmor label through a private instance of proc. */
  record EnterAppArmorProfile(String label, Moment moment, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "enter AppArmor profile " + label + moment.describe();
    }
  }

  /** When a label holds. */
  enum Moment {
    /** From this step on: for an init that executes no other program. */
    NOW,
    /** From the execution of another program on, which is the cleaner cut. */
    AT_EXECUTION;

    String describe() {
      return this == NOW ? "" : " at the execution";
    }
  }

  /** Writes the SELinux context of what is executed, through a private instance of proc. */
  record SetSelinuxContext(String context, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "set SELinux context " + context + " for the execution";
    }
  }

  /** The same for keyrings that are made from here on, keyrings(7). */
  record SetKeyringContext(String context, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "set SELinux context " + context + " for keyrings";
    }
  }

  /**
   * Says what Landlock restricts: files if there are path rules, ports and scopes as they are
   * given.
   *
   * @param abi version of what the kernel offers
   */
  record CreateLandlockRuleset(Landlock rules, int abi, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      List<String> what = new java.util.ArrayList<>();
      if (!rules.paths().isEmpty()) {
        what.add("files");
      }
      rules.connect().ifPresent(_ -> what.add("connecting"));
      rules.bind().ifPresent(_ -> what.add("binding"));
      rules
          .scopes()
          .ifPresent(scopes ->
              scopes.value().stream().sorted().map(Landlock.Scope::describe).forEach(what::add));
      return "restrict by Landlock: " + String.join(", ", what);
    }
  }

  /** Excepts a path from what Landlock restricts; it is looked up inside the root. */
  record AllowPath(PathRule rule, int abi, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "let Landlock allow to " + rule.access().describe() + " " + rule.path();
    }
  }

  /**
   * Excepts TCP ports from what Landlock restricts.
   *
   * @param bind whether they may be bound; otherwise they may be connected to
   */
  record AllowPorts(List<Integer> ports, boolean bind, Origin origin) implements ContainerStep {
    public AllowPorts {
      ports = List.copyOf(ports);
    }

    @Override
    public String describe() {
      return "let Landlock allow to "
          + (bind ? "bind" : "connect to")
          + " TCP port "
          + ports.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
  }

  /**
   * Puts itself under the rules, landlock_restrict_self(2), with all that comes from it.
   *
   * @param privileged whether the kernel lets it because of CAP_SYS_ADMIN; otherwise because
   *     gaining privileges is forbidden
   */
  record RestrictWithLandlock(boolean privileged, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "enter the Landlock restrictions";
    }
  }

  /** A new session, with standard streams on the terminal if there is one. */
  record StartSession(Streams streams, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "start a session, streams on " + streams.label();
    }
  }

  /** Where standard input, output and error of the first process go. */
  enum Streams {
    /** The console's terminal. */
    CONSOLE("the console"),
    /** The caller's streams; those that are terminals are replaced by one of the container's. */
    CALLER("the caller's"),
    NULL("/dev/null");

    private final String label;

    Streams(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  /**
   * Becomes pid 1 in the narrow sense: reaps and forwards signals while the rest goes on in a
   * child.
   */
  record BecomeInit(Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "run a minimal init, the command as its child";
    }
  }

  record EnterDirectory(String path, boolean required, Origin origin) implements ContainerStep {
    @Override
    public String describe() {
      return "change directory to " + path;
    }
  }

  record BecomeUser(long uid, long gid, List<Long> groups, Origin origin) implements ContainerStep {
    public BecomeUser {
      groups = List.copyOf(groups);
    }

    @Override
    public String describe() {
      return "become uid " + uid + " gid " + gid;
    }
  }

  /** Executes the command; a name without a slash is looked for in {@code searchPath}. */
  record Execute(
      List<String> command, List<String> searchPath, List<String> environment, Origin origin)
      implements ContainerStep {
    public Execute {
      command = List.copyOf(command);
      searchPath = List.copyOf(searchPath);
      environment = List.copyOf(environment);
    }

    @Override
    public String describe() {
      return "execute " + String.join(" ", command);
    }
  }

  /**
   * A place below the container's root.
   *
   * @param path relative to the root; no component may be a symbolic link
   * @param create what is made where it is missing
   */
  record Target(String path, Create create) {}

  /**
   * Attributes of one mount, mount_setattr(2).
   *
   * @param propagation private, slave, shared, unbindable, with {@code r} in front for the whole
   *     tree; or empty
   */
  record MountAttributes(
      boolean readOnly,
      boolean noSuid,
      boolean noDev,
      boolean noExec,
      Atime atime,
      boolean noDirAtime,
      boolean noSymFollow,
      String propagation) {
    /** When access times are written. */
    public enum Atime {
      UNCHANGED,
      RELATIVE,
      NONE,
      STRICT
    }

    public static final MountAttributes NONE =
        new MountAttributes(false, false, false, false, Atime.UNCHANGED, false, false, "");
    public static final MountAttributes READ_ONLY =
        new MountAttributes(true, false, false, false, Atime.UNCHANGED, false, false, "");

    /** The same with device nodes that do not work. */
    public MountAttributes withoutDevices() {
      return new MountAttributes(
          readOnly, noSuid, true, noExec, atime, noDirAtime, noSymFollow, propagation);
    }

    public boolean isNone() {
      return equals(NONE);
    }

    /** {@code (ro,nosuid)} with a blank in front, or nothing. */
    public String describe() {
      StringBuilder text = new StringBuilder();
      add(text, readOnly, "ro");
      add(text, noSuid, "nosuid");
      add(text, noDev, "nodev");
      add(text, noExec, "noexec");
      add(text, atime == Atime.NONE, "noatime");
      add(text, atime == Atime.STRICT, "strictatime");
      add(text, noDirAtime, "nodiratime");
      add(text, noSymFollow, "nosymfollow");
      add(text, !propagation.isEmpty(), propagation);
      return text.isEmpty() ? "" : " (" + text + ")";
    }

    private static void add(StringBuilder text, boolean set, String word) {
      if (set) {
        text.append(text.isEmpty() ? "" : ",").append(word);
      }
    }
  }
}
