package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Profiles that are generated, named or left alone, on a host with AppArmor. */
@Guest
class AppArmorTest {
  private static final Path FILES = Path.of("/sys/kernel/security/apparmor");
  private static final String GENERATED = "lxc.apparmor.profile = generated";
  private static final String LABEL = "attr/apparmor/current";

  @RegisterExtension final Machine machine = new Machine();

  private String profile() {
    return "coffer-" + machine.name("c1") + "_<" + machine.lxcpath() + ">";
  }

  private String label() {
    return profile() + "//&:" + profile().replace('/', '-') + ":unconfined (enforce)";
  }

  /** The label of a command that lxc-attach runs, as the host sees it. */
  private String entered(Box box) {
    box.attach("--", "/bin/sh", "-c", "sleep 601 >/dev/null 2>&1 &").ok();
    return labels("sleep 601");
  }

  /** Of the process with this command line; empty where there is none. */
  private static String labels(String command) {
    return ProcessHandle.allProcesses()
        .filter(process -> {
          try {
            Path file = Path.of("/proc/" + process.pid() + "/cmdline");
            return Files.readString(file).replace('\0', ' ').strip().equals(command);
          } catch (java.io.IOException e) {
            return false; // it has ended
          }
        })
        .map(process -> Box.read(Path.of("/proc/" + process.pid() + "/" + LABEL)).strip())
        .findFirst()
        .orElse("");
  }

  private static String loaded() {
    return Box.read(FILES.resolve("profiles"));
  }

  private void assertNothingLeft() {
    assertFalse(loaded().contains(machine.name("c1")), loaded());
    assertFalse(Files.exists(FILES.resolve("policy/namespaces/" + profile().replace('/', '-'))));
  }

  @Test
  void initAndWhatEntersItAreUnderTheGeneratedProfileWhichGoesWithTheContainer() {
    Box box = new Box(machine, "c1").config(GENERATED).started("-d");
    assertEquals(label(), box.ofInit(LABEL).strip());
    assertEquals(label(), entered(box));
    assertEquals(
        "unconfined", box.inside("cat /proc/self/" + LABEL), "as its own namespace sees it");
    assertEquals(
        "unconfined", box.attach("-eLSM", "--", "/bin/cat", "/proc/self/" + LABEL).ok().text());
    assertTrue(loaded().contains(profile() + " (enforce)"), loaded());
    box.stop().ok();
    assertNothingLeft();
  }

  @Test
  void withoutAKeyRootsContainersAreUnderOneToo() {
    Box box = new Box(machine, "c1").config().started("-d");
    assertEquals(label(), box.ofInit(LABEL).strip());
    box.stop().ok();
    box.config("lxc.apparmor.profile = unconfined").started("-d");
    assertEquals("unconfined", box.ofInit(LABEL).strip());
    box.stop().ok();
  }

  @Test
  void theKernelsFilesAreOutOfReachAndOrdinaryLifeIsNot() {
    Box box = new Box(machine, "c1").config(GENERATED, "lxc.mount.auto = proc:rw sys:rw");
    box.started("-d");
    for (String file :
        new String[] {
          "/proc/sys/vm/swappiness",
          "/proc/sys/kernel/core_pattern",
          "/proc/sys/kernel/panic",
          "/proc/sysrq-trigger",
          "/sys/kernel/uevent_helper",
          "/sys/module/apparmor/parameters/mode"
        }) {
      Outcome outcome = box.tryInside("true >>" + file);
      assertTrue(outcome.err().contains("Permission denied"), file + ": " + outcome);
    }
    box.inside("echo 1 >/proc/sys/net/ipv4/ip_forward; echo other >/proc/sys/kernel/hostname");
    box.inside("sleep 60 & kill -9 $!; wait $!; test $? = 137");
    box.inside("mount -t tmpfs none /mnt && mkdir /mnt/a && mount --bind /root /mnt/a");
    box.inside("umount /mnt/a && umount /mnt");
    for (String mount :
        new String[] {
          "-t proc none /mnt",
          "-t sysfs none /mnt",
          "--bind /proc /mnt",
          "--rbind / /mnt",
          "--move /proc /mnt",
          "-t devtmpfs none /mnt"
        }) {
      Outcome outcome = box.tryInside("mount " + mount);
      assertTrue(outcome.exit() != 0, mount + ": " + outcome);
    }
    box.inside("mount -t proc none /proc");
    box.stop().ok();
  }

  @Test
  void servicesGetTheirRootReadyAndNothingOfTheKernelsIsReachedThatWay() {
    Box box = new Box(machine, "c1").config(GENERATED, "lxc.mount.auto = proc:rw sys:rw");
    box.started("-d");
    String unit = "/run/systemd/unit-root";
    box.inside("mkdir -p " + unit + " && mount -o rbind / " + unit);
    box.inside("test -e " + unit + "/proc/sys/kernel/core_pattern && mount -o bind /run /mnt");
    box.inside("umount /mnt && mount -o rbind %1$s/proc/sys %1$s/proc/sys".formatted(unit));
    for (String root : new String[] {"", unit}) {
      for (String file :
          new String[] {
            "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper"
          }) {
        Outcome outcome = box.tryInside("true >>" + root + file);
        assertTrue(outcome.err().contains("Permission denied"), root + file + ": " + outcome);
      }
      for (String mount :
          new String[] {
            "rbind %s/ /mnt",
            "rbind / %s/mnt",
            "move %s/ /mnt",
            "rbind /run /mnt",
            "move /run /mnt",
            "bind %s/proc /mnt",
            "bind %s/proc/sys /mnt",
            "bind %s/proc/sys /proc/tty",
            "bind %s/proc/sys /proc",
            "bind %s/proc/sys/kernel /proc/sys/net",
            "bind %s/proc/sys/kernel/core_pattern /proc/sys/kernel/hostname",
            "bind %s/sys /sys/fs/cgroup"
          }) {
        for (String how : new String[] {"", "ro,"}) {
          Outcome outcome = box.tryInside("mount -o " + how + mount.formatted(root));
          assertTrue(outcome.exit() != 0, how + mount + " " + root);
        }
      }
    }
    box.stop().ok();
  }

  @Test
  void aProfileThatAllowsNestingLetsItsContainersMountAndHidesTheUnmaskedCopies() {
    Box box = new Box(machine, "c1").config(GENERATED, "lxc.apparmor.allow_nesting = 1");
    box.started("-d");
    box.inside("mount -t proc none /mnt && test -e /mnt/self && umount /mnt");
    box.inside("mount --bind /proc /mnt && umount /mnt");
    assertEquals("proc", box.mount("/dev/.lxc/proc").type());
    assertEquals("sysfs", box.mount("/dev/.lxc/sys").type());
    Outcome outcome = box.tryInside("cat /dev/.lxc/proc/version");
    assertTrue(outcome.err().contains("Permission denied"), outcome.toString());
    box.stop().ok();
  }

  @Test
  void aMappedContainerMayMountWhatServicesThatSandboxThemselvesNeed() {
    Box box = new Box(machine, "c1").shifted().mapped(GENERATED);
    box.started("-d");
    box.inside("mount -t tmpfs none /mnt && mount -o remount,bind,ro /mnt && umount /mnt");
    box.inside("unshare -m true");
    Outcome outcome = box.tryInside("true >>/proc/sysrq-trigger");
    assertTrue(outcome.exit() != 0, outcome.toString());
    box.stop().ok();
  }

  @Test
  void aMappedContainerIsConfinedAndMayNest() {
    Box box = new Box(machine, "c1").shifted().mapped(GENERATED, "lxc.apparmor.allow_nesting = 1");
    box.started("-d");
    assertEquals(label(), box.ofInit(LABEL).strip());
    assertEquals(label(), entered(box));
    box.inside("unshare -Urmpf --mount-proc true");
    box.stop().ok();
    assertNothingLeft();
  }

  @Test
  void linesOfTheConfigurationAreAddedAndWrongOnesAreToldByTheParser() {
    Box box =
        new Box(machine, "c1").config(GENERATED, "lxc.apparmor.raw = deny /etc/passwd rwklx,");
    box.started("-d");
    Outcome outcome = box.tryInside("cat /etc/passwd");
    assertTrue(outcome.err().contains("Permission denied"), outcome.toString());
    box.stop().ok();
    box.config(GENERATED, "lxc.apparmor.raw = forbid everything");
    outcome = box.start("-d").exits(1);
    assertTrue(
        outcome
            .err()
            .startsWith(
                "lxc-start: "
                    + box.fullName()
                    + ": apparmor_parser refuses the generated profile\n  from  "
                    + box.configFile()),
        outcome.err());
    assertTrue(outcome.err().contains("syntax error"), outcome.err());
    assertNothingLeft();
  }

  @Test
  void aNamedProfileIsEnteredAndAMissingOneIsNamedWithARemedy() {
    Path file = machine.home().resolve("profile");
    String name = machine.name("own");
    Box.write(
        file,
        "profile "
            + name
            + " flags=(attach_disconnected) { file, capability, signal,"
            + " network, mount, umount, ptrace, deny /etc/group rwklx, }\n");
    machine.run("apparmor_parser", "-rK", file.toString()).ok();
    machine.afterwards(() -> machine.run("apparmor_parser", "-R", file.toString()).ok());
    Box box = new Box(machine, "c1").config("lxc.apparmor.profile = " + name).started("-d");
    assertEquals(name + " (enforce)", box.ofInit(LABEL).strip());
    assertEquals(name + " (enforce)", box.inside("cat /proc/self/" + LABEL));
    box.stop().ok();
    String line = "lxc.apparmor.profile = lxc-container-default-cgns";
    box.config(line);
    int steps = box.steps();
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(
        outcome
            .err()
            .startsWith(
                "lxc-start: "
                    + box.fullName()
                    + ": cannot enter AppArmor profile lxc-container-default-cgns at the execution:"
                    + " No such file or directory (ENOENT)\n"),
        outcome.err());
    assertTrue(outcome.err().contains(" of " + steps + "  write, in the container"), outcome.err());
    assertTrue(outcome.err().contains("apt install lxc"), outcome.err());
  }

  @Test
  void theInitOfAnApplicationIsConfinedWithIt() {
    Box box = new Box(machine, "c1").config(GENERATED);
    Command.Running running =
        machine.lxcCommand("execute", "c1", "--", "/bin/sleep", "600").start();
    Machine.await("the command", Duration.ofSeconds(10), () -> !labels("/bin/sleep 600").isEmpty());
    assertEquals(label(), labels("/bin/sleep 600"));
    assertEquals(label(), box.ofInit(LABEL).strip());
    box.stop().ok();
    running.await(Duration.ofSeconds(60));
    assertNothingLeft();
  }

  @Test
  void theProfileIsThereInTheNextLifeAndGoesAfterACrash() {
    Box box = new Box(machine, "c1").config(GENERATED).started("-d");
    String init = box.initPid();
    machine.lxc("stop", "c1", "-r").ok();
    box.awaitAnotherInit(init);
    assertEquals(label(), box.ofInit(LABEL).strip());
    ProcessHandle first = ProcessHandle.of(Long.parseLong(box.initPid())).orElseThrow();
    machine.killEngine();
    first.parent().orElseThrow().destroyForcibly();
    Machine.await("init's end", Duration.ofSeconds(5), () -> !first.isAlive());
    assertEquals("STOPPED", machine.state("c1"));
    assertNothingLeft();
  }

  @Test
  void onlyTheFirstStartCompiles() throws Exception {
    Box box = new Box(machine, "c1").config(GENERATED).started("-d");
    box.stop().ok();
    Path policy = machine.container("c1").resolve("apparmor/policy");
    assertEquals("rwx------", permissions(policy.getParent()));
    assertTrue(Box.read(policy.resolveSibling("profile")).contains(profile()));
    FileTime first = Files.getLastModifiedTime(policy);
    box.started("-d").stop().ok();
    assertEquals(first, Files.getLastModifiedTime(policy));
  }

  private static String permissions(Path path) throws Exception {
    return java.nio.file.attribute.PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path));
  }

  @Test
  void oneThatIsRequiredIsNotForgone() {
    Box box =
        new Box(machine, "c1")
            .config("coffer.apparmor.required = 1", "lxc.apparmor.profile = unconfined");
    box.refuses(
        "the container is to have no AppArmor profile",
        "  from  " + box.configFile() + ":6  coffer.apparmor.required",
        "  hint  set lxc.apparmor.profile = generated");
  }

  @Test
  void anOldLandlockIsRefusedAndWhatItLacksIsSaid() {
    Box box = new Box(machine, "c1").config("coffer.landlock.connect = 443");
    box.refuses(
        "the kernel's Landlock cannot restrict TCP ports, which takes Linux 6.7",
        "  from  " + box.configFile() + ":6  coffer.landlock.connect",
        "  hint  coffer.landlock.allow_incomplete = 1 starts with what this kernel can do");
    box.config(
        "coffer.landlock.execute = /bin",
        "coffer.landlock.write = /dev",
        "coffer.landlock.read = /proc",
        "coffer.landlock.allow_incomplete = 1");
    Outcome outcome = box.execute("/bin/cat", "/etc/passwd");
    assertTrue(outcome.err().contains("cannot forbid truncating files"), outcome.err());
    assertTrue(outcome.err().contains("Permission denied"), outcome.err());
  }
}
