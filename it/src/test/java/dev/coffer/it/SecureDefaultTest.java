package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a container is protected by that nobody said a word about: from inside and from outside. */
@Everywhere
class SecureDefaultTest {
  private static final String PRIVILEGED = "coffer.idmap = none";
  private static final List<String> MASKED_FILES =
      List.of(
          "/proc/interrupts", "/proc/kallsyms", "/proc/keys", "/proc/kcore", "/proc/timer_list");

  @RegisterExtension final Machine machine = new Machine();

  /** As lxc-create makes it, from an empty file instead of the machine's default.conf. */
  private void create(String... lines) throws IOException {
    Path file = machine.home().resolve("template.conf");
    Files.writeString(file, "lxc.net.0.type = empty\n" + String.join("\n", lines) + "\n");
    machine.create("c1", "-f", file.toString()).ok().complains("");
  }

  private void start() {
    machine.lxc("start", "c1").ok().complains("");
  }

  private Outcome inside(String script) {
    return machine.lxc("attach", "c1", "--clear-env", "--", "/bin/sh", "-c", script);
  }

  private String status(String field) throws IOException {
    String pid = machine.lxc("info", "c1", "-p", "-H").ok().text();
    return Files.readString(Path.of("/proc", pid, "status"))
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  private Path config() {
    return machine.container("c1").resolve("config");
  }

  private void maskedPathsShowNothing() {
    for (String file : MASKED_FILES) {
      if (Files.exists(Path.of(file))) {
        // AppArmor may refuse to open it at all
        String size = "{ wc -c <" + file + "; } 2>/dev/null || echo 0";
        assertEquals("0", inside(size).ok().text(), file);
      }
    }
    for (String directory : List.of("/proc/acpi", "/proc/scsi", "/sys/firmware")) {
      if (Files.isDirectory(Path.of(directory))) {
        assertEquals("", inside("ls " + directory).ok().text(), directory);
        assertFalse(inside("touch " + directory + "/x").exit() == 0, directory);
      }
    }
  }

  private void kernelSettingsCannotBeWritten() {
    for (String file :
        List.of(
            "/proc/sysrq-trigger",
            "/proc/sys/kernel/core_pattern",
            "/proc/irq/default_smp_affinity")) {
      assertFalse(inside("echo h > " + file).exit() == 0, file);
    }
    assertFalse(inside("echo x > /sys/kernel/uevent_helper").exit() == 0);
  }

  @Test
  void whatItAddsIsShownBesideLxcsMeaningAndCanBeLeftOutOnce() {
    Box box = new Box(machine, "c1").config("coffer.security = default").started("-d");
    assertTrue(box.inside("cat /proc/self/uid_map").matches("\\s*0\\s+[1-9]\\d+\\s+65536"));
    box.stop().ok();
    String diff =
        machine
            .run(
                "coffer",
                "explain",
                box.fullName(),
                "-P",
                machine.lxcpath().toString(),
                "--diff",
                "lxc")
            .ok()
            .out();
    assertTrue(diff.contains("\n- keeper     map ids u 0 "), diff);
    assertTrue(diff.contains("\n- container  mask proc/kcore"), diff);
    box.start("-d", "-s", "coffer.security =").ok();
    assertTrue(box.inside("cat /proc/self/uid_map").matches("\\s*0\\s+0\\s+4294967295"));
  }

  @Test
  void rootInsideIsNobodyOutsideWhileItsFilesStayTheMakers() throws IOException {
    create();
    assertTrue(Files.readString(config()).contains("\ncoffer.security = default\n"));
    start();
    String[] uid = status("Uid").split("\\s+");
    assertTrue(Long.parseLong(uid[0]) >= 65536, uid[0]);
    assertEquals("0 " + uid[0] + " 65536", inside("echo $(cat /proc/self/uid_map)").ok().text());
    assertEquals("0 0", inside("touch /etc/made; stat -c '%u %g' /etc/made").ok().text());
    Path made = machine.container("c1").resolve("rootfs/etc/made");
    assertEquals(0, Files.getAttribute(made, "unix:uid"));
    assertFalse(inside("mknod /tmp/disk b 8 0").exit() == 0);
  }

  @Test
  void capabilitiesSystemCallsAndPathsAreLimited() throws IOException {
    create();
    start();
    long bounding = Long.parseUnsignedLong(status("CapBnd"), 16);
    for (int harmful : new int[] {16, 17, 25, 32, 33}) {
      assertEquals(0, bounding >> harmful & 1, "capability " + harmful);
    }
    assertEquals("2", status("Seccomp"));
    assertEquals("2", inside("grep Seccomp: /proc/self/status | cut -f2").ok().text());
    maskedPathsShowNothing();
    kernelSettingsCannotBeWritten();
  }

  @Test
  void withoutAnIdMapTheRestHoldsAndOnlyTheUsualDevicesOpen() throws IOException {
    create(PRIVILEGED);
    start();
    assertEquals("0\t0\t0\t0", status("Uid"));
    assertEquals("2", status("Seccomp"));
    maskedPathsShowNothing();
    kernelSettingsCannotBeWritten();
    inside("mknod /tmp/loop b 7 0 && mknod /tmp/mem c 1 1 && mknod /tmp/null c 1 3").ok();
    inside("echo x > /tmp/null").ok();
    String refused = inside("cat /tmp/mem; cat /tmp/loop").err();
    assertEquals(
        2, refused.lines().filter(line -> line.contains("not permitted")).count(), refused);
  }

  @Test
  void aLineForOneMoreDeviceOpensNoOther() throws IOException {
    create(
        PRIVILEGED,
        "lxc.cgroup.devices.allow = c 10:200 rwm",
        "lxc.cgroup2.devices.allow = c 10:200 rwm");
    start();
    assertFalse(inside("mknod /tmp/mem c 1 1 && cat /tmp/mem").exit() == 0);
  }

  @Test
  void aSingleProgramGainsNoPrivileges() throws IOException {
    create();
    String status = machine.lxc("execute", "c1", "--", "cat", "/proc/self/status").ok().out();
    assertTrue(status.contains("\nNoNewPrivs:\t1\n"), status);
    machine.configure("c1", "lxc.no_new_privs = 0");
    status = machine.lxc("execute", "c1", "--", "cat", "/proc/self/status").ok().out();
    assertTrue(status.contains("\nNoNewPrivs:\t0\n"), status);
  }

  @Test
  void whatTheConfigurationSaysStands() throws IOException {
    create("coffer.security = lxc");
    String text = Files.readString(config());
    assertEquals(1, text.lines().filter(line -> line.startsWith("coffer.security")).count(), text);
    start();
    assertEquals("0\t0\t0\t0", status("Uid"));
    assertEquals("0", status("Seccomp"));
  }

  @Test
  void itComesThroughARebootAndALostEngine() throws IOException {
    create();
    start();
    String uid = status("Uid");
    String pid = machine.lxc("info", "c1", "-p", "-H").ok().text();
    machine.killEngine();
    machine.lxc("stop", "c1", "-r").ok();
    Machine.await(
        "another init",
        java.time.Duration.ofSeconds(10),
        () -> {
          String now = machine.lxc("info", "c1", "-p", "-H").text();
          return !now.isEmpty() && !now.equals(pid) && machine.state("c1").equals("RUNNING");
        });
    assertEquals(uid, status("Uid"));
    assertEquals("2", status("Seccomp"));
    maskedPathsShowNothing();
  }

  @Test
  void aTreeThatBelongsToItsIdsNeedsNoMappedMount() throws IOException {
    create("coffer.idmap = auto");
    Path passwd = machine.container("c1").resolve("rootfs/etc/passwd");
    assertTrue((int) Files.getAttribute(passwd, "unix:uid") >= 65536);
    start();
    assertEquals("0", inside("stat -c %u /etc/passwd").ok().text());
    machine.lxc("stop", "c1", "-k").ok();
    machine
        .run("chown", "-R", "-h", "0:0", machine.container("c1").resolve("rootfs").toString())
        .ok();
    start();
    assertEquals("0", inside("stat -c %u /etc/passwd").ok().text());
  }

  @Test
  void theInfoTellsWhatIsWeaker() throws IOException {
    create();
    Outcome info = machine.lxc("info", "c1", "--security").ok();
    assertEquals("Nothing is weaker than the default.", info.lines().getLast());
    machine.configure("c1", "coffer.seccomp = none", "lxc.mount.auto = proc:rw");
    List<String> lines = machine.lxc("info", "c1", "--security").ok().lines();
    assertTrue(
        lines.stream().anyMatch(line -> line.matches(" +write +coffer.seccomp = default")),
        lines.toString());
    assertEquals("2 are weaker than the default.", lines.getLast());
  }

  @Test
  void aMaskThatCannotBeMadeFailsTheStart() throws IOException {
    create("coffer.mask = /etc/link");
    Files.createSymbolicLink(
        machine.container("c1").resolve("rootfs/etc/link"), Path.of("/proc/sysrq-trigger"));
    String error = machine.lxc("start", "c1").exits(1).err();
    assertTrue(error.contains("mask etc/link"), error);
  }

  @Test
  void anOrdinaryUserGetsItWithoutAWordToo() throws Exception {
    Person person = new Person(machine);
    person.write(".config/lxc/default.conf", "lxc.net.0.type = empty");
    String c = machine.name("c");
    person.says("lxc-create -n " + c + " -t busybox && lxc-start -n " + c).ok().complains("");
    String script =
        "cat /proc/self/uid_map | tr -s \" \"; { wc -c </proc/keys; } 2>/dev/null || echo 0; grep Seccomp: /proc/1/status";
    person
        .says("lxc-attach -n " + c + " -- sh -c '" + script + "'")
        .ok()
        .prints(" 0 " + Person.FIRST_ID + " 65536\n0\nSeccomp:\t2\n");
    person.says("lxc-stop -k -n " + c + " && lxc-destroy -n " + c).ok().complains("");
  }

  @Test
  void aUserWithoutIdsIsToldWhatToDo() throws Exception {
    Person person = new Person(machine, false);
    person.write(".config/lxc/default.conf", "lxc.net.0.type = empty");
    String c = machine.name("c");
    String error = person.says("lxc-create -n " + c + " -t busybox").err();
    assertTrue(error.contains("there are no ids to give the container"), error);
    assertTrue(error.contains("usermod --add-subuids"), error);
    person.says("lxc-destroy -n " + c);
  }

  @Test
  void debiansOwnToolsRunTheSameTree() throws IOException {
    Lxc.assumeInstalled();
    create();
    start();
    Lxc lxc = new Lxc(machine);
    assertEquals("0", lxc.run("attach", "c1", "--", "id", "-u").ok().text());
    machine.lxc("stop", "c1", "-k").ok();
    lxc.run("start", "c1").ok();
    assertEquals("RUNNING", lxc.run("info", "c1", "-s", "-H").ok().text());
    assertEquals("0", lxc.run("attach", "c1", "--", "stat", "-c", "%u", "/etc/passwd").ok().text());
    lxc.run("stop", "c1", "-k").ok();
  }

  @Test
  void aConfigurationOfDebiansLxcKeepsItsMeaning() throws IOException {
    Path common = Path.of("/usr/share/lxc/config/common.conf");
    assumeTrue(Files.exists(common), "needs Debian's package lxc");
    create();
    machine.configure("c1", "coffer.security =", "lxc.include = " + common);
    machine.lxc("start", "c1").ok();
    assertEquals("0\t0\t0\t0", status("Uid"));
    assertTrue(inside("wc -l < /proc/interrupts").ok().text().length() > 1);
  }
}
