package dev.coffer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.plan.SharedLimit;
import dev.coffer.plan.SharedLimits;
import dev.coffer.tools.doctor.Examination;
import dev.coffer.tools.doctor.Finding;
import dev.coffer.tools.doctor.Finding.Level;
import dev.coffer.tools.doctor.LiveMachine;
import dev.coffer.tools.doctor.Machine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DoctorToolTest {
  private final FakeMachine machine = new FakeMachine();

  /** A machine on which everything is as it should be, until a test takes something away. */
  private static final class FakeMachine implements Machine {
    String kernel = "6.1.0-18-amd64";
    boolean root = true;
    final Map<String, String> files = new HashMap<>();
    final Set<String> absent = new HashSet<>();
    final List<SharedLimit> searched = new ArrayList<>();
    final List<Finding> firewalls = new ArrayList<>();

    FakeMachine() {
      files.put("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
      files.put("/proc/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n");
      files.put("/sys/module/apparmor/parameters/enabled", "Y\n");
      files.put("/sys/fs/selinux/enforce", "1");
      files.put("/etc/subuid", "root:100000:65536\n");
      files.put("/etc/subgid", "root:100000:65536\n");
      files.put("/proc/sys/net/ipv4/ip_forward", "1\n");
      files.put("/proc/key-users", "    0:     10 9/9 4/1000000 45/25000000\n");
    }

    @Override
    public String kernelRelease() {
      return kernel;
    }

    @Override
    public boolean isRoot() {
      return root;
    }

    @Override
    public Optional<String> read(String path) {
      return Optional.ofNullable(files.get(path));
    }

    @Override
    public boolean exists(String path) {
      return !absent.contains(path);
    }

    @Override
    public List<SharedLimit> searchedLimits() {
      return searched;
    }

    @Override
    public boolean offers(Feature feature) {
      return !absent.contains(feature.name());
    }

    @Override
    public boolean hasFileSystem(String type) {
      return !absent.contains(type);
    }

    @Override
    public List<Finding> firewalls() {
      return firewalls;
    }

    @Override
    public boolean hasProgram(String name) {
      return !absent.contains(name);
    }
  }

  private List<String> notes(Level level) {
    return Examination.of(machine).of(level).stream()
        .map(finding -> finding.thing() + ": " + finding.note())
        .toList();
  }

  @Test
  void aMachineThatHasEverythingIsAllRight() {
    assertEquals(List.of(), notes(Level.LIMITED));
    assertEquals(List.of(), notes(Level.MISSING));
  }

  @Test
  void aMissingProgramIsNamedWithItsPackage() {
    machine.absent.add("newuidmap");
    machine.absent.add("busybox");
    assertEquals(
        List.of(
            "busybox: needed for the built-in image; remedy: apt install busybox-static",
            "newuidmap: needed for unprivileged containers; remedy: apt install uidmap"),
        notes(Level.LIMITED));
  }

  @Test
  void aPolicyNeedsTheLibraryThatCompilesIt() {
    machine.absent.add("LIBSECCOMP");
    assertEquals(
        List.of("seccomp: no container with a policy starts; remedy: apt install libseccomp2"),
        notes(Level.LIMITED));
  }

  @Test
  void anOldLandlockAndAPermissiveSelinuxAreTold() {
    machine.absent.add("LANDLOCK_NETWORK");
    machine.files.put("/sys/fs/selinux/enforce", "0");
    assertEquals(
        List.of(
            "Landlock: files only; rules about TCP ports take Linux 6.7",
            "SELinux: is permissive: it reports, and forbids nothing"),
        notes(Level.LIMITED));
  }

  @Test
  void anOldKernelAndMissingNamespacesAreWhatContainersCannotDoWithout() {
    machine.kernel = "5.4.0";
    machine.absent.add("/proc/self/ns/pid");
    assertEquals(
        List.of(
            "kernel 5.4.0: 5.15 or later is needed; Debian 12 has 6.1",
            "process id namespaces: no container can have an init; the kernel was built without"
                + " them"),
        notes(Level.MISSING));
  }

  @Test
  void hybridControlGroupsTakeTheirControllersFromBothTrees() {
    machine.absent.add("/sys/fs/cgroup/cgroup.controllers");
    machine.files.remove("/sys/fs/cgroup/cgroup.controllers");
    machine.files.put("/sys/fs/cgroup/unified/cgroup.controllers", "pids\n");
    machine.files.put(
        "/proc/mounts",
        "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu,cpuacct 0 0\n"
            + "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\n");
    assertEquals(
        List.of(
            "cpuset controller: containers cannot be bound to processors; remedy: no"
                + " cgroup_disable=cpuset on the boot line"),
        notes(Level.LIMITED));
  }

  @Test
  void abilitiesThatAFilterHidesAreTold() {
    machine.absent.add("CLONE3");
    machine.absent.add("ID_MAPPED_MOUNTS");
    machine.absent.add("overlay");
    assertEquals(
        List.of("clone3 and openat2: a seccomp filter around this shell hides them"),
        notes(Level.MISSING));
    assertEquals(
        List.of(
            "id-mapped mounts: not there; the root file system's owners must be shifted",
            "overlay: not in this kernel nor among its modules; needed for clones that share files"
                + " with their origin"),
        notes(Level.LIMITED));
  }

  @Test
  void noControlGroupsAtAllAreMissing() {
    machine.absent.add("/sys/fs/cgroup/cgroup.controllers");
    machine.absent.add("/sys/fs/cgroup/unified/cgroup.controllers");
    machine.files.remove("/sys/fs/cgroup/cgroup.controllers");
    machine.files.remove("/proc/mounts");
    assertEquals(
        List.of(
            "control groups: nothing is mounted; remedy: mount -t cgroup2 cgroup2 /sys/fs/cgroup"),
        notes(Level.MISSING));
  }

  @Test
  void whatIsSwitchedOffIsToldWithTheSwitch() {
    machine.files.put("/proc/sys/user/max_user_namespaces", "0\n");
    machine.files.put("/proc/sys/net/ipv4/ip_forward", "0\n");
    assertEquals(
        List.of(
            "unprivileged user namespaces: switched off; remedy: sysctl"
                + " user.max_user_namespaces=15000"),
        notes(Level.LIMITED));
    assertTrue(
        notes(Level.OK).contains("IPv4 forwarding: off; switched on with the first network"));
  }

  @Test
  void aFirewallThatDropsIsToldWithItsRemedy() {
    Finding found =
        new Finding(Level.LIMITED, "firewall", "ufw drops what lxcbr0 forwards; remedy: ufw …");
    machine.firewalls.add(found);
    machine.files.put("/proc/net/ip_tables_names", "nat\nfilter\n");
    assertEquals(
        List.of(
            "firewall: ufw drops what lxcbr0 forwards; remedy: ufw …",
            "legacy iptables: has rules, which may drop what containers send; remedy:"
                + " iptables-legacy -S FORWARD shows them"),
        notes(Level.LIMITED));
  }

  @Test
  void whatContainersShareIsToldWithTheRoomThatIsLeft() {
    machine.searched.add(SharedLimits.inotifyInstances("uid 0", 100, 128));
    machine.files.put("/proc/key-users", "100000:  3 3/3 150/200 900/20000\n");
    machine.files.put("/proc/sys/fs/aio-nr", "65000\n");
    machine.files.put("/proc/sys/fs/aio-max-nr", "65536\n");
    assertEquals(
        List.of(
            "fs.inotify.max_user_instances: 100 of 128 inotify instances of uid 0 are in use, room"
                + " for about 3 more system containers; without any systemd and others inside fail"
                + " with \"Too many open files\"; remedy: sysctl -w"
                + " fs.inotify.max_user_instances=1024",
            "kernel.keys.maxkeys: 150 of 200 keys of uid 100000 are in use, room for about 2 more"
                + " system containers; without any services and logins inside fail with \"Disk"
                + " quota exceeded\"; remedy: sysctl -w kernel.keys.maxkeys=2048",
            "fs.aio-max-nr: 65000 of 65536 asynchronous requests are in use; without any databases"
                + " do not start; remedy: sysctl -w fs.aio-max-nr=262144"),
        notes(Level.LIMITED));
  }

  @Test
  void filesBelowProcSysAreReadWhole() {
    String path = "/proc/sys/kernel/pid_max";
    int value = Integer.parseInt(new LiveMachine().read(path).orElseThrow().strip());
    assertTrue(value >= 300, () -> path + " " + value);
  }

  @Test
  void theMachineTheTestsRunOnCanBeExamined() {
    List<Finding> ok = Examination.of(new LiveMachine()).of(Level.OK);
    assertTrue(ok.stream().anyMatch(finding -> finding.thing().equals("mount namespaces")));
  }
}
