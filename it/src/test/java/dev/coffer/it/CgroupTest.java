package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.cgroup.* and lxc.cgroup2.* on a host with the v1 trees and v2 beside them. */
class CgroupTest {
  private static final Path TOP = Path.of("/sys/fs/cgroup");

  @RegisterExtension final Machine machine = new Machine();

  private static String value(String controller, String cgroup, String file) {
    return Box.read(TOP.resolve(controller).resolve(cgroup).resolve(file)).strip();
  }

  private String payload(Box box) {
    return "lxc.payload." + box.fullName();
  }

  /** The cgroup of init in one tree, as the host sees it. */
  private static String cgroup(Box box, String controller) {
    return box.ofInit("cgroup")
        .lines()
        .filter(line -> line.contains(":" + controller + ":"))
        .map(line -> line.substring(line.indexOf(":" + controller + ":") + controller.length() + 2))
        .findFirst()
        .orElse("");
  }

  private void gone(Box box) {
    box.stop().ok();
    Machine.await("stopped", Duration.ofSeconds(5), () -> machine.state("c1").equals("STOPPED"));
  }

  @Test
  void initIsInItsOwnCgroupOfEveryTree() {
    Box box = new Box(machine, "c1").started("-d");
    for (String controller :
        new String[] {"cpu", "memory", "devices", "freezer", "pids", "name=systemd", ""}) {
      assertEquals("/" + payload(box), cgroup(box, controller), controller);
    }
    gone(box);
    for (String tree : new String[] {"cpu", "memory", "devices", "unified"}) {
      assertFalse(Files.exists(TOP.resolve(tree).resolve(payload(box))), tree);
    }
  }

  @Test
  void limitsAreSetAndHold() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.cgroup.memory.limit_in_bytes = 64M",
                "lxc.cgroup.pids.max = 12",
                "lxc.cgroup.cpuset.cpus = 0",
                "lxc.cgroup.cpu.shares = 512",
                "lxc.init.cmd = /bin/sleep 999")
            .started("-d");
    String own = payload(box);
    assertEquals("67108864", value("memory", own, "memory.limit_in_bytes"));
    assertEquals("12", value("pids", own, "pids.max"));
    assertEquals("0", value("cpuset", own, "cpuset.cpus"));
    assertEquals("512", value("cpu", own, "cpu.shares"));
    assertEquals("0", box.status("Cpus_allowed_list"));
    Outcome many =
        box.tryInside("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 5 & done; wait");
    assertTrue(many.err().contains("can't fork"), many.toString());
  }

  @Test
  void theSameFileCanBeWrittenSeveralTimesInOrder() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.cgroup.devices.deny = a",
                "lxc.cgroup.devices.allow = c 1:3 rwm",
                "lxc.cgroup.devices.allow = c 1:5 r",
                "lxc.cgroup.devices.allow = c 136:* rw",
                "lxc.init.cmd = /bin/sleep 999")
            .started("-d");
    assertEquals(
        List.of("c 1:3 rwm", "c 1:5 r", "c 136:* rw"),
        value("devices", payload(box), "devices.list").lines().toList());
    box.tryInside("echo x > /dev/null").ok();
    box.tryInside("dd if=/dev/zero bs=1 count=1 of=/dev/null").ok();
    box.tryInside("echo x > /dev/zero").exits(1);
    box.tryInside("cat /dev/urandom | dd bs=1 count=1").err().contains("Operation not permitted");
    assertTrue(
        box.tryInside("dd if=/dev/urandom bs=1 count=1").err().contains("Operation not permitted"));
    box.tryInside("mknod /tmp/z c 1 5").exits(1);
  }

  @Test
  void devicesCanBeNamedByTheirPath() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.cgroup.devices.deny = a",
                "lxc.cgroup.devices.allow = /dev/null rwm",
                "lxc.init.cmd = /bin/sleep 999")
            .started("-d");
    assertEquals("c 1:3 rwm", value("devices", payload(box), "devices.list"));
  }

  @Test
  void aControllerThatIsLeftOnVersionTwoIsUsedThere() {
    String stray = Box.read(TOP.resolve("unified/cgroup.controllers"));
    org.junit.jupiter.api.Assumptions.assumeTrue(
        stray.contains("hugetlb"), "needs the hugetlb controller on v2");
    Box box = new Box(machine, "c1").config("lxc.cgroup2.hugetlb.2MB.max = 4194304").started("-d");
    assertEquals("4194304", value("unified", payload(box), "hugetlb.2MB.max"));
  }

  @Test
  void aControllerThatIsNotThereIsAnError() {
    String line = "lxc.cgroup.nosuch.limit = 1";
    Box box = new Box(machine, "c1").config(line);
    box.refuses(
        "Failed to setup limits for the \"nosuch\" controller: this host has no such v1 cgroup"
            + " controller",
        "  from  " + box.configFile() + ":" + box.line(line) + "  lxc.cgroup.nosuch.limit",
        "  hint  see \"coffer doctor\" for the controllers at hand");
  }

  @Test
  void aValueTheKernelRefusesIsAnError() {
    String line = "lxc.cgroup.pids.max = many";
    Box box = new Box(machine, "c1").config(line);
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(
        outcome.err().contains("hint  the kernel does not take the value \"many\""), outcome.err());
    assertTrue(
        outcome.err().contains("from  " + box.configFile() + ":" + box.line(line)), outcome.err());
    assertFalse(Files.exists(TOP.resolve("pids").resolve(payload(box))));
  }

  @Test
  void swapIsLimitedAfterMemory() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.cgroup.memory.memsw.limit_in_bytes = 128M",
                "lxc.cgroup.memory.limit_in_bytes = 64M");
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Files.exists(TOP.resolve("memory/memory.memsw.limit_in_bytes")), "needs swap accounting");
    box.started("-d");
    assertEquals("134217728", value("memory", payload(box), "memory.memsw.limit_in_bytes"));
  }

  @Test
  void aFolderCanHoldTheContainersCgroup() {
    Box box = new Box(machine, "c1");
    String folder = box.fullName() + "-folder";
    box.config("lxc.cgroup.dir = " + folder, "lxc.cgroup.pids.max = 50").started("-d");
    String own = cgroup(box, "pids");
    assertTrue(own.startsWith("/" + folder + "/"), own);
    assertEquals("50", value("pids", own.substring(1), "pids.max"));
    assertEquals("RUNNING", machine.state("c1"));
    gone(box);
    assertFalse(Files.exists(TOP.resolve("pids").resolve(folder)));
  }

  @Test
  void containerAndKeeperCanHaveCgroupsApartWithAnInnerOne() {
    Box box = new Box(machine, "c1");
    String base = box.fullName();
    box.config(
            "lxc.cgroup.dir.container = " + base + "-c",
            "lxc.cgroup.dir.monitor = " + base + "-m",
            "lxc.cgroup.dir.container.inner = ns",
            "lxc.cgroup.pids.max = 50")
        .started("-d");
    assertEquals("/" + base + "-c/ns", cgroup(box, "pids"));
    assertEquals("50", value("pids", base + "-c", "pids.max"));
    assertEquals("max", value("pids", base + "-c/ns", "pids.max"));
    assertEquals("pids:/", box.inside("grep pids /proc/1/cgroup | cut -d: -f2-"));
    assertFalse(value("pids", base + "-m", "cgroup.procs").isEmpty());
    assertEquals("pids:/", box.inside("grep pids /proc/self/cgroup | cut -d: -f2-"));
    gone(box);
    for (String left : new String[] {"-c", "-m"}) {
      assertFalse(Files.exists(TOP.resolve("pids").resolve(base + left)), left);
    }
  }

  @Test
  void foldersThatLeadElsewhereAreRefused() {
    Box box = new Box(machine, "c1").config("lxc.cgroup.dir = /absolute");
    assertTrue(box.start("-d").exits(1).err().contains("paths may not be absolute"));
    box.config("lxc.cgroup.dir = a/../../b");
    assertTrue(box.start("-d").exits(1).err().contains("paths may not walk upwards via"));
    box.config("lxc.cgroup.dir.container = only");
    assertTrue(
        box.start("-d")
            .exits(1)
            .err()
            .contains("lxc.cgroup.dir.payload and lxc.cgroup.dir.monitor must both be set"));
  }

  @Test
  void aRelativeContainerStaysBelowItsCaller() throws Exception {
    Box box = new Box(machine, "c1").config("lxc.cgroup.relative = 1");
    Path caller = Files.createDirectory(TOP.resolve("pids").resolve(box.fullName() + "-caller"));
    machine.afterwards(() -> Files.deleteIfExists(caller));
    machine.afterwards(() -> gone(box));
    machine
        .command(
            "sh",
            "-c",
            "echo $$ > "
                + caller
                + "/cgroup.procs && exec lxc-start -P "
                + machine.lxcpath()
                + " -n "
                + box.fullName()
                + " -d")
        .run()
        .ok();
    assertEquals("/" + box.fullName() + "-caller/" + payload(box), cgroup(box, "pids"));
    String here =
        machine.run("sh", "-c", "grep :memory: /proc/self/cgroup | cut -d: -f3").ok().text();
    assertEquals((here.equals("/") ? "" : here) + "/" + payload(box), cgroup(box, "memory"));
  }

  @Test
  void aMappedContainersRootIsGivenItsCgroups() {
    Box box = new Box(machine, "c1").mapped().shifted().started("-d");
    Path own = TOP.resolve("pids").resolve(payload(box));
    assertEquals(
        "drwxrwxr-x 0 200000", machine.run("stat", "-c", "%A %u %g", own.toString()).ok().text());
    assertEquals(
        "-rw-rw-r-- 0 200000",
        machine.run("stat", "-c", "%A %u %g", own + "/cgroup.procs").ok().text());
  }

  @Test
  void aNameThatIsTakenGetsASuffix() throws Exception {
    Box box = new Box(machine, "c1");
    Path taken = Files.createDirectory(TOP.resolve("pids").resolve(payload(box)));
    machine.afterwards(() -> Files.deleteIfExists(taken));
    box.started("-d");
    assertEquals("/" + payload(box) + "-1", cgroup(box, "pids"));
    assertEquals("/" + payload(box) + "-1", cgroup(box, "memory"));
    box.inside("true");
    machine.lxc("freeze", "c1").ok();
    machine.lxc("unfreeze", "c1").ok();
    gone(box);
    assertTrue(Files.exists(taken), "what was there before stays");
  }
}
