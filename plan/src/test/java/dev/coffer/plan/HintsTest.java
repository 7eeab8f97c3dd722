package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.model.HookType;
import dev.coffer.model.Limits.Rlimit;
import dev.coffer.model.MountEntry.Create;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.MountAttributes;
import dev.coffer.model.plan.ContainerStep.Target;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.model.plan.MountIds;
import dev.coffer.model.plan.Place;
import dev.coffer.model.plan.RootSource;
import dev.coffer.model.plan.RunHook;
import dev.coffer.model.plan.Step;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HintsTest {
  private static final int EPERM = 1;
  private static final int ENOENT = 2;
  private static final int ENOEXEC = 8;
  private static final int EAGAIN = 11;
  private static final int EACCES = 13;
  private static final int EBUSY = 16;
  private static final int ENODEV = 19;
  private static final int ENOTDIR = 20;
  private static final int EINVAL = 22;
  private static final int ENFILE = 23;
  private static final int ENOSPC = 28;
  private static final int EROFS = 30;
  private static final int ELOOP = 40;
  private static final int EOVERFLOW = 75;
  private static final int EDQUOT = 122;

  private static final Origin ORIGIN = Origin.option("test");

  private static final Step EXECUTE =
      new ContainerStep.Execute(List.of("/sbin/init"), List.of(), List.of(), ORIGIN);
  private static final Step ROOT =
      new ContainerStep.MountRoot(
          new RootSource.Tree("/root"),
          "/mnt",
          MountAttributes.NONE,
          MountIds.OF_CONTAINER,
          ORIGIN);
  private static final Step BIND =
      new ContainerStep.BindMount(
          "/src",
          false,
          new Target("dst", Create.NOTHING),
          false,
          MountAttributes.NONE,
          MountIds.AS_ON_DISK,
          false,
          ORIGIN);
  private static final Step OTHER_IDS =
      new ContainerStep.BindMount(
          "/src",
          false,
          new Target("dst", Create.NOTHING),
          false,
          MountAttributes.NONE,
          new MountIds.OfNamespace("/proc/7/ns/user"),
          false,
          ORIGIN);
  private static final Step MOUNT =
      new ContainerStep.MountFileSystem(
          "tmpfs",
          "none",
          new Target("dst", Create.NOTHING),
          MountAttributes.NONE,
          List.of(),
          false,
          ORIGIN);
  private static final Step CLONE =
      new KeeperStep.CloneInit(Set.of(Namespace.PID), Optional.empty(), ORIGIN);
  private static final Step MAPS = new KeeperStep.WriteIdMaps(List.of(), ORIGIN);
  private static final Step LIMIT = new KeeperStep.SetRlimit(new Rlimit("nofile", 1, 2), ORIGIN);
  private static final Step PROC = new KeeperStep.SetProcValue("oom_score_adj", "-1", ORIGIN);
  private static final Step VALUE = new HostStep.SetCgroupValue("/cg", "pids.max", "x", ORIGIN);
  private static final Step CGROUP = new HostStep.CreateCgroup("/cg", false, ORIGIN);
  private static final Step SYSCTL = new ContainerStep.SetSysctl("kernel.sysrq", "1", ORIGIN);
  private static final Step DEVPTS = new ContainerStep.MountDevpts(10, Optional.of(5L), ORIGIN);
  private static final Step TTYS = new ContainerStep.CreateTtys("dev/tty", 4, ORIGIN);
  private static final Step DEVICE = new ContainerStep.CreateDevice("dev/null", 1, 3, 0666, ORIGIN);
  private static final Step HOOK = new RunHook(HookType.MOUNT, "/hook", Place.CONTAINER, ORIGIN);

  private static final String OWNERS =
      "the container's root may not use it: give the files to the mapped ids, or set"
          + " lxc.rootfs.options = idmap=container";

  private static Arguments row(Step step, String call, int errno, String hint) {
    return Arguments.of(step, call, errno, hint);
  }

  static Stream<Arguments> hints() {
    return Stream.of(
        row(
            EXECUTE,
            "execve",
            ENOENT,
            "there is no /sbin/init in the container, or its interpreter is missing there"),
        row(
            EXECUTE,
            "execve",
            EACCES,
            "make /sbin/init executable, and its file system not noexec"),
        row(
            EXECUTE,
            "execve",
            ENOEXEC,
            "/sbin/init is for another architecture, or a script without #!"),
        row(EXECUTE, "execve", EBUSY, null),
        row(
            new ContainerStep.NewKeyring(ORIGIN),
            "keyctl",
            EDQUOT,
            "you have as many keys as you may have: \"keyctl show\" shows them, kernel.keys.maxkeys"
                + " is the limit"),
        row(ROOT, "open_tree", ENOENT, "the root file system /root does not exist"),
        row(ROOT, "open_tree", ENOTDIR, "the root file system must be a directory"),
        row(
            ROOT,
            "open_tree",
            EACCES,
            "the caller must be able to search every directory of the path"),
        row(
            ROOT,
            "mount_setattr",
            EINVAL,
            "the file system below /root does not support id-mapped mounts: give the files to the mapped ids, as lxc-create does with coffer.idmap = auto in its -f file"),
        row(BIND, "open_tree", ENOENT, "/src does not exist; \"optional\" passes over it"),
        row(BIND, "open_tree", EACCES, "the source is not reachable for the caller"),
        row(BIND, "openat2", ENOENT, "add create=dir or create=file to make the missing target"),
        row(
            BIND,
            "openat2",
            ELOOP,
            "write the path without links, as it is on the container's own disk"),
        row(BIND, "openat2", EACCES, OWNERS),
        row(BIND, "mkdirat", EOVERFLOW, OWNERS),
        row(BIND, "move_mount", EINVAL, "source and target must both be directories, or both not"),
        row(
            BIND,
            "mkdirat",
            EROFS,
            "the target is missing and the root is read-only: create it on disk"),
        row(MOUNT, "fsopen", ENODEV, "load the module of tmpfs, or correct the type"),
        row(
            MOUNT,
            "fsconfig",
            EINVAL,
            "the kernel's log (dmesg) names the option that tmpfs refused"),
        row(MOUNT, "fsmount", EPERM, "tmpfs cannot be mounted from inside a user namespace"),
        row(DEVICE, "openat2", EACCES, OWNERS),
        row(
            OTHER_IDS,
            "openat",
            ENOENT,
            "/proc/7/ns/user does not exist: idmap= names the user namespace of a live process"),
        row(
            OTHER_IDS,
            "mount_setattr",
            EPERM,
            "/proc/7/ns/user is the host's own user namespace, which maps nothing"),
        row(
            OTHER_IDS,
            "mount_setattr",
            EINVAL,
            "/proc/7/ns/user is no user namespace, or the file system does not support id-mapped mounts"),
        row(DEVPTS, "fsconfig", EINVAL, "gid 5 (tty) must be mapped, see lxc.idmap"),
        row(
            CLONE,
            "clone3",
            EPERM,
            "the kernel forbids user namespaces here (kernel.unprivileged_userns_clone)"),
        row(
            CLONE,
            "clone3",
            ENOSPC,
            "raise the sysctls user.max_*_namespaces; \"coffer doctor\" shows what is in use"),
        row(
            CLONE,
            "clone3",
            EAGAIN,
            "pids.max of a cgroup around it, the user's nproc (ulimit -u), or the sysctls"
                + " kernel.pid_max and kernel.threads-max; \"coffer doctor\" shows what is in use"),
        row(
            BIND,
            "move_mount",
            ENOSPC,
            "raise the sysctl fs.mount-max, or unmount what is not needed (findmnt)"),
        row(
            TTYS,
            "openat",
            ENOSPC,
            "raise the sysctl kernel.pty.max, or the container's lxc.pty.max"),
        row(
            BIND,
            "open_tree",
            ENFILE,
            "raise the sysctl fs.file-max; \"coffer doctor\" shows how many are open"),
        row(
            CLONE,
            "clone3",
            EINVAL,
            "the kernel lacks one of these namespaces, see \"coffer doctor\""),
        row(
            MAPS,
            "write",
            EINVAL,
            "ranges must not overlap, and the caller must be allowed to map them (subuid(5))"),
        row(
            LIMIT,
            "prlimit64",
            EPERM,
            "raising the hard limit of nofile needs CAP_SYS_RESOURCE, which the caller lacks; more"
                + " than the sysctl fs.nr_open nobody may have"),
        row(LIMIT, "prlimit64", EINVAL, null),
        row(PROC, "write", EACCES, "lowering it below the caller's value needs CAP_SYS_RESOURCE"),
        row(
            VALUE,
            "openat",
            ENOENT,
            "there is no file pids.max: the controller is not enabled, or the kernel was built without"
                + " it"),
        row(VALUE, "write", EINVAL, "the kernel does not take the value \"x\""),
        row(VALUE, "write", EBUSY, "the cgroup uses more than that already"),
        row(
            CGROUP,
            "mkdirat",
            EACCES,
            "the caller may not create cgroups here; run it in a delegated one: systemd-run --user"
                + " --scope -p Delegate=yes"),
        row(SYSCTL, "openat2", ENOENT, "there is no sysctl kernel.sysrq"),
        row(
            SYSCTL,
            "write",
            EACCES,
            "kernel.sysrq belongs to the host: only those of the container's namespaces can be set"),
        row(
            HOOK,
            "hook",
            0,
            "run it by hand with the variables of lxc.container.conf(5), \"CONTAINER HOOKS\": /hook"));
  }

  @ParameterizedTest(name = "{1} failing with {2} in \"{0}\"")
  @MethodSource("hints")
  void everyFailureHasItsRemedy(Step step, String call, int errno, String hint) {
    assertEquals(Optional.ofNullable(hint), Hints.hint(step, call, errno));
  }

  @Test
  void whereTheKernelsWordMisleadsATruerOneIsTold() {
    assertEquals(
        "a component of the path is a symbolic link (ELOOP)",
        Hints.reason(BIND, "openat2", ELOOP, "Too many levels of symbolic links (ELOOP)"));
    assertEquals(
        "the limit of namespaces is reached (ENOSPC)",
        Hints.reason(CLONE, "clone3", ENOSPC, "No space left on device (ENOSPC)"));
    assertEquals(
        "the limit of mounts in a namespace is reached (ENOSPC)",
        Hints.reason(BIND, "move_mount", ENOSPC, "No space left on device (ENOSPC)"));
    assertEquals(
        "the limit of processes is reached (EAGAIN)",
        Hints.reason(CLONE, "clone3", EAGAIN, "Resource temporarily unavailable (EAGAIN)"));
    assertEquals(
        "no pseudo terminal is left (ENOSPC)",
        Hints.reason(TTYS, "openat", ENOSPC, "No space left on device (ENOSPC)"));
    assertEquals(
        "the limit of cgroups is reached (ENOSPC)",
        Hints.reason(CGROUP, "mkdirat", ENOSPC, "No space left on device (ENOSPC)"));
    assertEquals(
        "the kernel does not know this file system (ENODEV)",
        Hints.reason(MOUNT, "fsopen", ENODEV, "No such device (ENODEV)"));
    assertEquals(
        "Permission denied (EACCES)",
        Hints.reason(BIND, "open_tree", EACCES, "Permission denied (EACCES)"));
  }
}
