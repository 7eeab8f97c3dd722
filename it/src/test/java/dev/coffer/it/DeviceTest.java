package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc-device: devices that a running container gets and loses. */
class DeviceTest {
  private static final String[] STRICT = {
    "lxc.cgroup.devices.deny = a",
    "lxc.cgroup.devices.allow = c 1:3 rwm",
    "lxc.cgroup.devices.allow = c 5:* rwm",
    "lxc.cgroup.devices.allow = c 136:* rwm",
    "lxc.cgroup2.devices.deny = a",
    "lxc.cgroup2.devices.allow = c 1:3 rwm",
    "lxc.cgroup2.devices.allow = c 5:* rwm",
    "lxc.cgroup2.devices.allow = c 136:* rwm"
  };

  @RegisterExtension final Machine machine = new Machine();

  private Outcome device(String... words) {
    var arguments = new java.util.ArrayList<>(java.util.List.of("--"));
    arguments.addAll(java.util.List.of(words));
    return machine.lxc("device", "c1", arguments.toArray(String[]::new));
  }

  /** Reading a byte of /dev/zero's number needs the right to. */
  @Test
  void aNodeIsMadeUsedAndTakenAway() {
    Box box = new Box(machine, "c1").config(STRICT).started("-d");
    box.tryInside("mknod /tmp/zero c 1 5 && head -c 1 /tmp/zero | wc -c | grep 1").exits(1);
    device("add", "/dev/zero", "/dev/new/zero").ok().prints("").complains("");
    assertEquals("1", box.inside("head -c 1 /dev/new/zero | wc -c"));
    assertEquals("crw-rw-rw- 1 5", box.inside("stat -c '%A %t %T' /dev/new/zero"));
    device("add", "/dev/zero", "/dev/new/zero")
        .exits(1)
        .complains(
            "lxc-device: NAME: cannot make /dev/new/zero inside: File exists (EEXIST)\nlxc-device: NAME: Failed to add /dev/zero to NAME\n"
                .replace("NAME", box.fullName()));
    device("del", "/dev/zero", "/dev/new/zero").ok();
    box.inside("test ! -e /dev/new/zero");
    box.inside("mkdir -p /tmp/d; test -e /tmp/d");
    assertEquals("0", box.inside("head -c 1 /tmp/zero 2>/dev/null | wc -c"));
  }

  @Test
  void withAnIdMapTheHostsNodeIsShown() {
    Box box = new Box(machine, "c1").mapped().shifted().started("-d");
    device("add", "/dev/zero", "/dev/new/zero").ok();
    assertEquals("1", box.inside("head -c 1 /dev/new/zero | wc -c"));
    device("del", "/dev/zero", "/dev/new/zero").ok();
    box.inside("test ! -e /dev/new/zero");
    assertFalse(box.inside("cat /proc/self/mountinfo").contains("/dev/new"));
  }

  @Test
  void aLinkInsideDoesNotLeadOut() {
    Box box = new Box(machine, "c1").started("-d");
    Path outside = machine.home().resolve("outside");
    box.inside("mkdir -p " + machine.home());
    box.inside("ln -s " + machine.home() + " /dev/away");
    device("add", "/dev/zero", "/dev/away/outside").ok();
    assertFalse(Files.exists(outside));
    box.inside("test -c " + outside);
  }

  @Test
  void anInterfaceMovesInAndOut() {
    Box box = new Box(machine, "c1").config("lxc.net.0.type = empty").started("-d");
    String host = machine.name("c1").substring(9, 13).replace("-", "") + "dm0";
    machine.afterwards(() -> machine.run("ip", "link", "del", host));
    Outcome made = machine.run("ip", "link", "add", host, "type", "dummy");
    org.junit.jupiter.api.Assumptions.assumeTrue(made.exit() == 0, "needs ip and dummy links");
    machine.run("ip", "link", "set", host, "up").ok();
    device("add", host, "eth7").ok().complains("");
    assertFalse(Files.exists(Path.of("/sys/class/net", host)));
    assertTrue(box.inside("cat /proc/net/dev").contains("eth7"));
    device("del", "eth7", host).ok().complains("");
    assertTrue(Files.exists(Path.of("/sys/class/net", host)));
    assertFalse(box.inside("cat /proc/net/dev").contains("eth7"));
  }

  @Test
  void whatIsNotThereIsSaid() {
    Box box = new Box(machine, "c1");
    String start = "lxc-device: " + box.fullName() + ": ";
    device("add", "/dev/zero")
        .exits(1)
        .complains(start + "Container " + box.fullName() + " is not running\n");
    box.started("-d");
    device("add", "/dev/nosuch")
        .exits(1)
        .complains(
            start
                + "/dev/nosuch is neither a network interface nor a device node of this host\n"
                + start
                + "Failed to add /dev/nosuch to "
                + box.fullName()
                + "\n");
    device("del", "/dev/nosuch")
        .exits(1)
        .complains(
            start
                + "cannot remove /dev/nosuch inside: No such file or directory (ENOENT)\n"
                + start
                + "Failed to del /dev/nosuch from "
                + box.fullName()
                + "\n");
    device("give", "/dev/zero")
        .exits(1)
        .complains(start + "Error: Please use add or del (Please see --help output)\n");
    device("add")
        .exits(1)
        .complains(start + "Error: no command given (Please see --help output)\n");
  }

  @Test
  void aContainerOfLxcGetsItAsWell() {
    Lxc.assumeInstalled();
    Lxc lxc = new Lxc(machine);
    new Box(machine, "c1").config(STRICT);
    lxc.run("start", "c1").ok();
    device("add", "/dev/zero", "/dev/new").ok();
    assertEquals(
        "1",
        lxc.run("attach", "c1", "--", "/bin/sh", "-c", "head -c 1 /dev/new | wc -c").ok().text());
    lxc.run("stop", "c1", "-k").ok();
  }
}
