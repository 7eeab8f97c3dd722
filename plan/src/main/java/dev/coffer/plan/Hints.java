package dev.coffer.plan;

import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.model.plan.MountIds;
import dev.coffer.model.plan.NetworkStep;
import dev.coffer.model.plan.RootSource;
import dev.coffer.model.plan.RunHook;
import dev.coffer.model.plan.Step;
import java.util.List;
import java.util.Optional;

/** From a failed step and the kernel's errno to what it means and what to do: a pure function. */
public final class Hints {
  private static final int EPERM = 1;
  private static final int ENOENT = 2;
  private static final int ENOEXEC = 8;
  private static final int ENOMEM = 12;
  private static final int EACCES = 13;
  private static final int EBUSY = 16;
  private static final int ENODEV = 19;
  private static final int ENOTDIR = 20;
  private static final int EINVAL = 22;
  private static final int ENOSPC = 28;
  private static final int EROFS = 30;
  private static final int ENOSYS = 38;
  private static final int ELOOP = 40;
  private static final int EOVERFLOW = 75;
  private static final int EDQUOT = 122;

  private static final String MAPPED_OWNERS =
      "the container's root may not use it: give the files to the mapped ids, or set"
          + " lxc.rootfs.options = idmap=container";

  private Hints() {}

  /** The kernel's text, or a truer one where its word misleads. */
  public static String reason(Step step, String call, int errno, String kernel) {
    if (errno == ELOOP && call.equals("openat2")) {
      return "a component of the path is a symbolic link (ELOOP)";
    }
    if (errno == ENODEV && call.equals("fsopen")) {
      return "the kernel does not know this file system (ENODEV)";
    }
    if (step instanceof NetworkStep && NetworkHints.reason(call, errno) != null) {
      return NetworkHints.reason(call, errno);
    }
    return Exhaustion.of(step, call, errno).map(Exhaustion::reason).orElse(kernel);
  }

  /** What the user can do about it. */
  public static Optional<String> hint(Step step, String call, int errno) {
    return Exhaustion.of(step, call, errno)
        .map(Exhaustion::hint)
        .or(() -> ofStep(step, call, errno));
  }

  /**
   * What to do about an execution that failed; empty where no label is to blame.
   *
   * @param before the steps that the process has taken
   */
  public static Optional<String> executing(List<? extends Step> before, int errno) {
    return before.stream()
        .filter(ContainerStep.SetSelinuxContext.class::isInstance)
        .map(ContainerStep.SetSelinuxContext.class::cast)
        .findAny()
        .flatMap(label -> Optional.ofNullable(LsmHints.executing(label, errno)));
  }

  private static Optional<String> ofStep(Step step, String call, int errno) {
    return Optional.ofNullable(
        switch (step) {
          case ContainerStep.Execute execute -> execute(execute, errno);
          case ContainerStep.MountRoot root -> root(root, call, errno);
          case ContainerStep.BindMount bind -> bind(bind, call, errno);
          case ContainerStep.MountFileSystem mount -> mount(mount, call, errno);
          case ContainerStep.MaskPath _ ->
              call.equals("statx")
                  ? "/dev/null of this host is not the null device; make it anew: mknod -m 666"
                      + " /dev/null c 1 3"
                  : null;
          case KeeperStep.CloneInit _ -> clone(errno);
          case KeeperStep.WriteIdMaps _ ->
              errno == EPERM || errno == EINVAL
                  ? "ranges must not overlap, and the caller must be allowed to map them (subuid(5))"
                  : null;
          case ContainerStep.BecomeRoot _ ->
              errno == EINVAL
                  ? "root of the container must be mapped: lxc.idmap = u 0 …, and g 0 …"
                  : null;
          case KeeperStep.SetRlimit limit ->
              errno == EPERM
                  ? "raising the hard limit of "
                      + limit.limit().resource()
                      + " needs CAP_SYS_RESOURCE, which the caller lacks"
                      + (limit.limit().resource().equals("nofile")
                          ? "; more than the sysctl fs.nr_open nobody may have"
                          : "")
                  : null;
          case KeeperStep.SetProcValue _ ->
              errno == EACCES || errno == EPERM
                  ? "lowering it below the caller's value needs CAP_SYS_RESOURCE"
                  : null;
          case ContainerStep.JoinCgroups _ ->
              errno == ENOSPC ? "set cpuset.cpus and cpuset.mems of the parent cgroup first" : null;
          case HostStep.SetCgroupValue value -> cgroupValue(value, errno);
          case HostStep.CreateCgroup _ -> cgroup(errno);
          case KeeperStep.RunNetworkProgram program -> program.remedy();
          case NetworkStep network -> NetworkHints.hint(network, call, errno);
          case ContainerStep.SetSysctl sysctl -> sysctl(sysctl, errno);
          case ContainerStep.LoadSeccomp load -> seccomp(load, errno);
          case ContainerStep.IsolateCores _ -> cores(errno);
          case ContainerStep.NewKeyring _ ->
              errno == EDQUOT
                  ? "you have as many keys as you may have: \"keyctl show\" shows them, kernel.keys.maxkeys"
                      + " is the limit"
                  : null;
          case ContainerStep.EnterAppArmorProfile enter -> LsmHints.appArmor(enter, errno);
          case HostStep.LoadAppArmorProfile _ -> LsmHints.loading(errno);
          case HostStep.CreateAppArmorNamespace _ -> LsmHints.loading(errno);
          case ContainerStep.SetSelinuxContext _, ContainerStep.SetKeyringContext _ ->
              LsmHints.seLinux(errno);
          case ContainerStep.AllowPath allow -> LsmHints.path(allow, call, errno);
          case ContainerStep.RestrictWithLandlock _ -> LsmHints.landlock(errno);
          case ContainerStep.MountDevpts _ ->
              errno == EINVAL ? "gid 5 (tty) must be mapped, see lxc.idmap" : target(call, errno);
          case ContainerStep.CreateDevice _,
              ContainerStep.CreateDirectory _,
              ContainerStep.CreateSymlink _,
              ContainerStep.AttachConsole _,
              ContainerStep.CreateTtys _ ->
              target(call, errno);
          case RunHook hook ->
              "run it by hand with the variables of lxc.container.conf(5), \"CONTAINER HOOKS\": "
                  + hook.command();
          default -> null;
        });
  }

  private static String cores(int errno) {
    return switch (errno) {
      case ENODEV ->
          "no core of this machine runs two threads at once (no SMT), so none is shared anyway:"
              + " leave lxc.sched.core out";
      case EINVAL -> "the kernel lacks core scheduling (CONFIG_SCHED_CORE, Linux 5.14)";
      default -> null;
    };
  }

  private static String execute(ContainerStep.Execute execute, int errno) {
    String command = execute.command().getFirst();
    return switch (errno) {
      case ENOENT ->
          "there is no " + command + " in the container, or its interpreter is missing there";
      case EACCES -> "make " + command + " executable, and its file system not noexec";
      case ENOEXEC -> command + " is for another architecture, or a script without #!";
      default -> null;
    };
  }

  private static String root(ContainerStep.MountRoot root, String call, int errno) {
    if (root.ids() instanceof MountIds.OfNamespace other) {
      String hint = otherIds(other, call, errno);
      if (hint != null) {
        return hint;
      }
    }
    if (!(root.source() instanceof RootSource.Tree)) {
      return RootHints.of(root, call, errno);
    }
    if (call.equals("open_tree")) {
      return switch (errno) {
        case ENOENT -> "the root file system " + root.source().describe() + " does not exist";
        case EACCES -> "the caller must be able to search every directory of the path";
        case ENOTDIR -> "the root file system must be a directory";
        default -> null;
      };
    }
    if (call.equals("mount_setattr") && root.ids().areMapped()) {
      return "the file system below "
          + root.source().describe()
          + " does not support id-mapped mounts: give the files to the mapped ids, as lxc-create"
          + " does with coffer.idmap = auto in its -f file";
    }
    return null;
  }

  private static String otherIds(MountIds.OfNamespace other, String call, int errno) {
    if (call.equals("openat") && errno == ENOENT) {
      return other.path() + " does not exist: idmap= names the user namespace of a live process";
    }
    if (call.equals("openat") && errno == EACCES) {
      return "only who may trace that process may open " + other.path() + " (ptrace(2))";
    }
    if (!call.equals("mount_setattr")) {
      return null;
    }
    return switch (errno) {
      case EPERM -> other.path() + " is the host's own user namespace, which maps nothing";
      case EINVAL ->
          other.path()
              + " is no user namespace, or the file system does not support id-mapped mounts";
      default -> null;
    };
  }

  private static String bind(ContainerStep.BindMount bind, String call, int errno) {
    if (bind.ids() instanceof MountIds.OfNamespace other) {
      String hint = otherIds(other, call, errno);
      if (hint != null) {
        return hint;
      }
    }
    if (call.equals("open_tree")) {
      return switch (errno) {
        case ENOENT -> bind.source() + " does not exist; \"optional\" passes over it";
        case EACCES -> "the source is not reachable for the caller";
        default -> null;
      };
    }
    return target(call, errno);
  }

  private static String mount(ContainerStep.MountFileSystem mount, String call, int errno) {
    if (call.equals("fsopen") && errno == ENODEV) {
      return "load the module of " + mount.type() + ", or correct the type";
    }
    if (call.equals("fsconfig") && errno == EINVAL) {
      return "the kernel's log (dmesg) names the option that " + mount.type() + " refused";
    }
    if (errno == EPERM) {
      return mount.type() + " cannot be mounted from inside a user namespace";
    }
    return target(call, errno);
  }

  private static String target(String call, int errno) {
    if (call.equals("openat2")) {
      return switch (errno) {
        case ENOENT -> "add create=dir or create=file to make the missing target";
        case ELOOP -> "write the path without links, as it is on the container's own disk";
        case EACCES -> MAPPED_OWNERS;
        default -> null;
      };
    }
    if (errno == EACCES || errno == EOVERFLOW) {
      return MAPPED_OWNERS;
    }
    if (call.equals("move_mount") && (errno == EINVAL || errno == ENOTDIR)) {
      return "source and target must both be directories, or both not";
    }
    if (errno == EROFS) {
      return "the target is missing and the root is read-only: create it on disk";
    }
    return null;
  }

  private static String clone(int errno) {
    return switch (errno) {
      case EPERM -> "the kernel forbids user namespaces here (kernel.unprivileged_userns_clone)";
      case EINVAL -> "the kernel lacks one of these namespaces, see \"coffer doctor\"";
      case EBUSY -> "the cgroup has controllers enabled for its children";
      default -> null;
    };
  }

  private static String cgroupValue(HostStep.SetCgroupValue value, int errno) {
    return switch (errno) {
      case ENOENT ->
          "there is no file "
              + value.file()
              + ": the controller is not enabled, or the kernel was built without it";
      case EINVAL -> "the kernel does not take the value \"" + value.value() + "\"";
      case EACCES, EPERM -> "the cgroup is not delegated to the caller";
      case EBUSY -> "the cgroup uses more than that already";
      default -> null;
    };
  }

  private static String cgroup(int errno) {
    return switch (errno) {
      case EACCES, EPERM, EROFS ->
          "the caller may not create cgroups here; run it in a delegated one:"
              + " systemd-run --user --scope -p Delegate=yes";
      default -> null;
    };
  }

  private static String seccomp(ContainerStep.LoadSeccomp load, int errno) {
    return switch (errno) {
      case EACCES ->
          load.privileged()
              ? "the kernel takes a filter only with CAP_SYS_ADMIN, which the caller lacks, or with"
                  + " lxc.no_new_privs = 1"
              : null;
      case ENOMEM -> "the filters of this process are too long in all, with those it inherited";
      case ENOSYS, EINVAL ->
          "the kernel lacks CONFIG_SECCOMP_FILTER or an action of the policy, see"
              + " /proc/sys/kernel/seccomp/actions_avail";
      default -> null;
    };
  }

  private static String sysctl(ContainerStep.SetSysctl sysctl, int errno) {
    return switch (errno) {
      case ENOENT -> "there is no sysctl " + sysctl.name();
      case EACCES, EPERM ->
          sysctl.name()
              + " belongs to the host: only those of the container's namespaces can be set";
      case EINVAL -> "the kernel does not take the value \"" + sysctl.value() + "\"";
      default -> null;
    };
  }
}
