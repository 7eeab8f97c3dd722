package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.idmap, with owners changed on disk and with mounts that map them. */
class IdMapTest {
  @RegisterExtension final Machine machine = new Machine();

  @Test
  void rootInsideIsNobodyOutside() {
    Box box = new Box(machine, "c1").mapped().shifted().started("-d");
    assertEquals("0", box.inside("id -u"));
    assertEquals("200000\t200000\t200000\t200000", box.status("Uid"));
    assertEquals("200000\t200000\t200000\t200000", box.status("Gid"));
    assertEquals("0 200000 65536", box.inside("echo $(cat /proc/self/uid_map)"));
    assertEquals("0", box.inside("ls -ln /bin /etc | grep -c 65534 || true"));
    box.inside("touch /etc/made");
    assertEquals(
        "200000 200000",
        machine.run("stat", "-c", "%u %g", box.rootfs() + "/etc/made").ok().text());
  }

  @Test
  void aMountThatMapsLeavesTheOwnersOnDiskAlone() {
    Box box = new Box(machine, "c1").mapped("lxc.rootfs.options = idmap=container").started("-d");
    assertEquals("0 0", box.inside("stat -c '%u %g' /etc/passwd"));
    assertEquals("200000\t200000\t200000\t200000", box.status("Uid"));
    box.inside("touch /etc/made");
    assertEquals("0 0", machine.run("stat", "-c", "%u %g", box.rootfs() + "/etc/made").ok().text());
    assertEquals("0", box.inside("ls -ln /bin /etc | grep -c 65534 || true"));
  }

  @Test
  void aRootOnlyRootCanReachServesAMappedContainer() throws Exception {
    Box box = new Box(machine, "c1").mapped("lxc.rootfs.options = idmap=container");
    Files.setPosixFilePermissions(machine.lxcpath(), PosixFilePermissions.fromString("rwx------"));
    box.started("-d");
    assertEquals("0", box.inside("id -u"));
  }

  @Test
  void aMountFromASourceOnlyRootCanReachWorks() throws Exception {
    Path hidden = Box.directory(machine.home().resolve("hidden"));
    Box.write(Box.directory(hidden.resolve("data")).resolve("file"), "content\n");
    Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rwx------"));
    Box box =
        new Box(machine, "c1")
            .mapped(
                "lxc.mount.entry = " + hidden + "/data data none bind,ro,create=dir 0 0",
                "lxc.mount.entry = " + hidden + "/none none none bind,optional,create=dir 0 0",
                "lxc.mount.entry = "
                    + hidden
                    + "/data own none bind,idmap=container,create=dir 0 0",
                "lxc.mount.entry = tmpfs scratch tmpfs size=1m,create=dir 0 0")
            .shifted()
            .started("-d");
    assertEquals("content", box.inside("cat /data/file"));
    assertEquals("65534", box.inside("stat -c %u /data/file"));
    assertEquals("0", box.inside("stat -c %u /own/file"));
    box.inside("echo more > /own/file && echo x > /scratch/x");
    assertEquals("0", box.inside("stat -c %u /scratch/x"));
  }

  @Test
  void aMountMapsTheIdsOfAnotherNamespace() throws Exception {
    Box other = new Box(machine, "c1").mapped().shifted().started("-d");
    Path data = Box.directory(machine.home().resolve("data"));
    Box.write(data.resolve("file"), "content\n");
    Box box =
        new Box(machine, "c2")
            .config(
                "lxc.mount.entry = "
                    + data
                    + " data none bind,create=dir,idmap=/proc/"
                    + other.initPid()
                    + "/ns/user 0 0")
            .started("-d");
    assertEquals("200000", box.inside("stat -c %u /data/file"), "a container without a map");
    Box root =
        new Box(machine, "c3")
            .config("lxc.rootfs.options = idmap=/proc/" + other.initPid() + "/ns/user")
            .started("-d");
    assertEquals("200000", root.inside("stat -c %u /etc/passwd"));
    Box shares =
        new Box(machine, "c4")
            .mapped(
                "lxc.mount.entry = "
                    + data
                    + " data none bind,create=dir,idmap=/proc/"
                    + other.initPid()
                    + "/ns/user 0 0")
            .shifted()
            .started("-d");
    assertEquals("0", shares.inside("stat -c %u /data/file"), "the same map");
  }

  @Test
  void aNamespaceThatIsNotThereIsNamed() {
    Box box =
        new Box(machine, "c1")
            .config("lxc.mount.entry = /srv srv none bind,create=dir,idmap=/proc/self/ns/user 0 0");
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(outcome.err().contains("is the host's own user namespace"), outcome.err());
    Box gone = new Box(machine, "c2").config("lxc.rootfs.options = idmap=/proc/4194305/ns/user");
    outcome = gone.start("-d").exits(1);
    assertTrue(outcome.err().contains("/proc/4194305/ns/user does not exist"), outcome.err());
    Box word = new Box(machine, "c3").config("lxc.rootfs.options = idmap=containr");
    outcome = word.start("-d").exits(1);
    assertTrue(outcome.err().contains("names no user namespace"), outcome.err());
  }

  @Test
  void severalRangesAreMappedInOneGo() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.idmap = u 0 200000 1000",
                "lxc.idmap = g 0 200000 1000",
                "lxc.idmap = u 1000 1000 1",
                "lxc.idmap = g 1000 1000 1",
                "lxc.idmap = u 1001 201001 64535",
                "lxc.idmap = g 1001 201001 64535")
            .shifted()
            .started("-d");
    assertEquals(
        "0 200000 1000 1000 1000 1 1001 201001 64535", box.inside("echo $(cat /proc/1/uid_map)"));
    box.inside("touch /tmp/x && chown 1000:1000 /tmp/x");
    assertEquals(
        "1000 1000", machine.run("stat", "-c", "%u %g", box.rootfs() + "/tmp/x").ok().text());
  }

  @Test
  void aMapWithoutTheTtyGroupWorksToo() {
    Box box =
        new Box(machine, "c1")
            .config("lxc.idmap = u 0 200000 1", "lxc.idmap = g 0 200000 1", "lxc.tty.max = 1")
            .shifted()
            .started("-d");
    assertEquals("0", box.inside("stat -c %u /dev/tty1"));
    box.inside("echo x > /dev/tty1; echo x > /dev/console");
  }

  @Test
  void attachedCommandsCanTakeAnyMappedId() {
    Box box = new Box(machine, "c1").mapped().shifted().started("-d");
    assertEquals(
        "7 8",
        box.attach("-u", "7", "-g", "8", "--", "sh", "-c", "echo $(id -u; id -g)").ok().text());
  }

  @Test
  void ownersThatDoNotFitAreTold() throws Exception {
    Box box = new Box(machine, "c1").mapped();
    Files.setPosixFilePermissions(box.rootfs(), PosixFilePermissions.fromString("rwx------"));
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(outcome.err().contains("idmap=container"), outcome.err());
  }

  @Test
  void aMapOfOneKindOnlyIsRefused() {
    Box box = new Box(machine, "c1").config("lxc.idmap = u 0 200000 65536").shifted();
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(outcome.err().contains("lxc.idmap"), outcome.err());
  }

  @Test
  void mapsThatOverlapAreRefused() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.idmap = u 0 200000 10",
                "lxc.idmap = u 5 300000 10",
                "lxc.idmap = g 0 200000 10")
            .shifted();
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(outcome.err().contains("overlap"), outcome.err());
  }

  @Test
  void theOptionNeedsAMap() {
    Box box = new Box(machine, "c1").config("lxc.rootfs.options = idmap=container");
    box.refuses(
        "\"idmap=container\" needs a container with an id map",
        "  from  "
            + box.configFile()
            + ":"
            + box.line("lxc.rootfs.options = idmap=container")
            + "  lxc.rootfs.options",
        "  hint  add lxc.idmap lines, or remove the option");
  }

  @Test
  void capabilitiesInsideReachNothingOutside() {
    Box box = new Box(machine, "c1").mapped().shifted().started("-d");
    assertTrue(box.status("CapEff").startsWith("000001ff"), "all of its own namespace");
    box.tryInside("mknod /tmp/sda b 8 0").exits(1);
    box.tryInside("echo 1 > /proc/sys/kernel/sysrq").exits(1);
    box.tryInside("mount -t tmpfs t /tmp").ok();
  }

  @Test
  void automaticRangesAreEveryContainersOwn() throws Exception {
    Path config = machine.home().resolve("auto.conf");
    Box.write(config, "coffer.idmap = auto\n");
    List<String> seen = new ArrayList<>();
    for (String name : List.of("a1", "a2")) {
      machine.create(name, "-f", config.toString()).ok();
      machine.lxc("start", name).ok().complains("");
      String map =
          machine.lxc("attach", name, "--", "cat", "/proc/self/uid_map").ok().text().strip();
      String first = map.split("\\s+")[1];
      assertEquals("0 " + first + " 65536", map.replaceAll("\\s+", " "));
      assertEquals(
          first,
          machine
              .run("stat", "-c", "%u", machine.container(name).resolve("rootfs/etc") + "")
              .ok()
              .text());
      seen.add(first);
    }
    assertTrue(
        Math.abs(Long.parseLong(seen.get(0)) - Long.parseLong(seen.get(1))) >= 65536,
        seen.toString());
    assertTrue(
        machine
            .lxc("info", "a1", "-c", "lxc.idmap")
            .ok()
            .out()
            .contains("u 0 " + seen.get(0) + " 65536"));
    Path notes = Path.of("/var/lib/coffer/idmaps");
    assertTrue(Box.read(notes).contains(machine.container("a1").toString()));
    machine.lxc("stop", "a1", "-k").ok();
    machine.lxc("destroy", "a1").ok();
    assertFalse(Box.read(notes).contains(machine.container("a1").toString() + "\n"));
    assertTrue(Box.read(notes).contains(machine.container("a2").toString()));
    machine.lxc("destroy", "a2", "-f").ok();
    assertFalse(Box.read(notes).contains(machine.container("a2").toString()));
  }

  @Test
  void anAutomaticRangeIsAsLongAsSaidAndGrowsWhereItCan() throws Exception {
    Path config = machine.home().resolve("auto.conf");
    Box.write(config, "coffer.idmap = auto 262144\n");
    machine.create("a1", "-f", config.toString()).ok();
    assertTrue(map("a1").endsWith(" 262144"), map("a1"));
    String first = map("a1");
    machine.configure("a1", "coffer.idmap = auto 327680");
    machine.lxc("start", "a1").ok().complains("");
    String longer = machine.lxc("attach", "a1", "--", "cat", "/proc/self/uid_map").ok().text();
    assertEquals(
        first.replace("u ", "").replace(" 262144", " 327680"),
        longer.strip().replaceAll("\\s+", " "));
    machine.lxc("stop", "a1", "-k").ok();
    String begin = first.split(" ")[2];
    machine.configure("a1", "coffer.idmap = auto 4294967295");
    Outcome outcome = machine.lxc("start", "a1").exits(1);
    assertEquals(
        "lxc-start: %s: the container's ids %s-%d cannot become 4294967295"
            .formatted(machine.name("a1"), begin, Long.parseLong(begin) + 327679),
        outcome.err().lines().findFirst().orElse(""));
    assertTrue(outcome.err().contains("  hint  make the container anew"), outcome.err());
  }

  /** The line of {@code lxc.idmap} for users. */
  private String map(String name) {
    return machine
        .lxc("info", name, "-c", "lxc.idmap")
        .ok()
        .out()
        .lines()
        .findFirst()
        .orElse("")
        .replaceFirst(".*(u 0 .*)", "$1");
  }

  @Test
  void automaticRangesLeaveOutWhatOthersMapByHand() throws Exception {
    Path config = machine.home().resolve("auto.conf");
    Box.write(config, "coffer.idmap = auto\n");
    machine.create("a1", "-f", config.toString()).ok();
    String first = machine.lxc("info", "a1", "-c", "lxc.idmap").ok().out().split("\\s+")[4];
    machine.lxc("destroy", "a1").ok();
    Box byHand = new Box(machine, "hand");
    byHand.config("lxc.idmap = u 0 " + first + " 65536", "lxc.idmap = g 0 " + first + " 65536");
    machine.create("a2", "-f", config.toString()).ok();
    String second = machine.lxc("info", "a2", "-c", "lxc.idmap").ok().out().split("\\s+")[4];
    assertTrue(Long.parseLong(second) >= Long.parseLong(first) + 65536, first + " and " + second);
  }
}
