package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.namespace.* and the network types that need no device. */
class NamespaceKeysTest {
  @RegisterExtension final Machine machine = new Machine();

  private static String namespace(String pid, String name) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", pid, "ns", name)).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String ofInit(Box box, String name) {
    return namespace(box.initPid(), name);
  }

  private static String ofHost(String name) {
    return namespace("self", name);
  }

  @Test
  void allButUserAndTimeAreNewByDefault() {
    Box box = new Box(machine, "c1").started("-d");
    for (String name : new String[] {"mnt", "pid", "uts", "ipc", "net", "cgroup"}) {
      assertNotEquals(ofHost(name), ofInit(box, name), name);
    }
    assertEquals(ofHost("user"), ofInit(box, "user"));
    assertEquals(ofHost("time"), ofInit(box, "time"));
  }

  @Test
  void keptOnesAreTheHosts() {
    Box box = new Box(machine, "c1").config("lxc.namespace.keep = net ipc uts cgroup");
    String before = machine.run("uname", "-n").ok().text();
    box.started("-d");
    for (String name : new String[] {"uts", "ipc", "net", "cgroup"}) {
      assertEquals(ofHost(name), ofInit(box, name), name);
    }
    assertNotEquals(ofHost("pid"), ofInit(box, "pid"));
    assertEquals(before, machine.run("uname", "-n").ok().text(), "the host's name is left alone");
  }

  @Test
  void onlyTheClonedOnesAreNew() {
    Box box = new Box(machine, "c1").config("lxc.namespace.clone = mnt pid uts").started("-d");
    for (String name : new String[] {"uts", "mnt", "pid"}) {
      assertNotEquals(ofHost(name), ofInit(box, name), name);
    }
    for (String name : new String[] {"ipc", "net", "cgroup"}) {
      assertEquals(ofHost(name), ofInit(box, name), name);
    }
  }

  @Test
  void cloneAndKeepExcludeEachOther() {
    Box box =
        new Box(machine, "c1").config("lxc.namespace.clone = mnt", "lxc.namespace.keep = net");
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(
        outcome
            .err()
            .contains("Cannot set both \"lxc.namespace.clone\" and \"lxc.namespace.keep\""),
        outcome.err());
  }

  @Test
  void namespacesAreSharedByNameAndByProcessId() {
    Box first = new Box(machine, "c1").started("-d");
    Box second = new Box(machine, "c2");
    second
        .config(
            "lxc.namespace.share.net = " + first.fullName(),
            "lxc.namespace.share.ipc = " + first.initPid(),
            "lxc.namespace.share.uts = /proc/" + first.initPid() + "/ns/uts")
        .started("-d");
    for (String name : new String[] {"uts", "ipc", "net"}) {
      assertEquals(ofInit(first, name), ofInit(second, name), name);
    }
    assertNotEquals(ofInit(first, "pid"), ofInit(second, "pid"));
    assertEquals(first.fullName(), second.inside("hostname"));
  }

  @Test
  void aProcessNamespaceIsSharedAndBothEndApart() {
    Box first = new Box(machine, "c1").started("-d");
    Box second = new Box(machine, "c2").config("lxc.init.cmd = /bin/sleep 4321");
    second.started("-d", "--share-pid=" + first.fullName());
    assertEquals(ofInit(first, "pid"), ofInit(second, "pid"));
    assertTrue(first.inside("ps").contains("sleep 4321"), first.inside("ps"));
    second.stop().ok();
    assertEquals("RUNNING", machine.state("c1"));
    assertFalse(first.inside("ps").contains("sleep 4321"));
  }

  @Test
  void theOptionsOfTheToolShareToo() {
    Box first = new Box(machine, "c1").started("-d");
    Box second = new Box(machine, "c2");
    second.started(
        "-d",
        "--share-net=" + first.initPid(),
        "--share-ipc=" + first.fullName(),
        "--share-uts=" + first.fullName());
    for (String name : new String[] {"uts", "ipc", "net"}) {
      assertEquals(ofInit(first, name), ofInit(second, name), name);
    }
  }

  @Test
  void aMappedContainerSharesTheNetworkOfAnother() {
    Box first = new Box(machine, "c1").started("-d");
    Box second = new Box(machine, "c2").mapped().shifted();
    second.started("-d", "--share-net=" + first.fullName());
    assertEquals(ofInit(first, "net"), ofInit(second, "net"));
  }

  @Test
  void sharingWithWhatDoesNotRunIsRefused() {
    Box box = new Box(machine, "c1");
    Outcome outcome = box.start("-d", "--share-net=" + machine.name("none")).exits(1);
    assertTrue(
        outcome.err().contains("cannot share a namespace of " + machine.name("none")),
        outcome.err());
    box.start("-d", "--share-net=1999999999").exits(1);
  }

  @Test
  void withoutAnyNetworkKeyThereIsALoopbackThatIsDown() {
    Box box = new Box(machine, "c1").config("lxc.init.cmd = /bin/sleep 999").started("-d");
    assertNotEquals(ofHost("net"), ofInit(box, "net"));
    assertEquals("lo", box.inside("ls /sys/class/net"));
    assertFalse(box.inside("ip link show lo").contains(",UP"));
  }

  @Test
  void anEmptyNetworkHasALoopbackThatComesUpWhenAskedFor() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.init.cmd = /bin/sleep 999", "lxc.net.0.type = empty", "lxc.net.0.flags = up")
            .started("-d");
    assertEquals("lo", box.inside("ls /sys/class/net"));
    assertTrue(box.inside("ip link show lo").contains(",UP"));
    box.tryInside("ping -c 1 -W 2 127.0.0.1").ok();
  }

  @Test
  void aMappedContainersLoopbackComesUpToo() {
    Box box =
        new Box(machine, "c1")
            .mapped("lxc.net.0.type = empty", "lxc.net.0.flags = up")
            .shifted()
            .started("-d");
    assertTrue(box.inside("ip link show lo").contains(",UP"));
    assertTrue(box.mount("/sys").isThere());
  }

  @Test
  void theTypeNoneSharesTheHostsNetwork() {
    Box box = new Box(machine, "c1").config("lxc.net.0.type = none").started("-d");
    assertEquals(ofHost("net"), ofInit(box, "net"));
    box.stop().ok();
    box.mapped("lxc.net.0.type = none").shifted().started("-d");
    assertEquals(ofHost("net"), ofInit(box, "net"));
  }

  @Test
  void clocksAreShifted() {
    Box box =
        new Box(machine, "c1")
            .config("lxc.time.offset.boot = 10h", "lxc.time.offset.monotonic = 1500ms")
            .started("-d");
    double host = Double.parseDouble(Box.read(java.nio.file.Path.of("/proc/uptime")).split(" ")[0]);
    double inside = Double.parseDouble(box.inside("cat /proc/uptime").split(" ")[0]);
    assertTrue(Math.abs(inside - host - 36000) < 60, inside + " inside, " + host + " outside");
    String offsets = box.ofInit("timens_offsets").replaceAll(" +", " ");
    assertTrue(offsets.contains("monotonic 1 500000000"), offsets);
    assertTrue(offsets.contains("boottime 36000 0"), offsets);
    box.stop().ok();
    box.mapped("lxc.time.offset.boot = 3h").shifted().started("-d");
    inside = Double.parseDouble(box.inside("cat /proc/uptime").split(" ")[0]);
    assertTrue(Math.abs(inside - host - 10800) < 60, inside + " inside, " + host + " outside");
  }
}
