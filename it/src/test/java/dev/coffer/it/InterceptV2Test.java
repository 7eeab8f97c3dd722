package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** coffer.intercept where there is nothing but cgroup v2. */
@Guest
class InterceptV2Test {
  @RegisterExtension final Machine machine = new Machine();

  @Test
  void sysinfoTellsTheLimitOfTheCgroup() {
    Box box = new Box(machine, "c1");
    box.mapped(
        "lxc.rootfs.options = dev",
        "lxc.cgroup2.memory.max = 64M",
        "coffer.intercept = sysinfo mknod");
    box.shifted().started("-d");
    assertEquals("65536", box.inside("free | awk '/^Mem/ { print substr($2, 1, 5) }'"));
    assertEquals("0", box.inside("mknod /tmp/null c 1 3; echo $?"));
    assertEquals("1", box.inside("mknod /tmp/disk b 8 0 2>/dev/null; echo $?"));
    box.stop().ok();
  }

  @Test
  void theProgramThatGuardsDevicesHoldsForMounts() {
    Path image = machine.home().resolve("disk");
    machine.run("truncate", "-s", "16M", image.toString()).ok();
    machine.run("mkfs.ext4", "-q", "-F", image.toString()).ok();
    Outcome attached = machine.run("losetup", "-f", "--show", image.toString());
    assumeTrue(attached.exit() == 0, "needs loop devices");
    machine.afterwards(() -> machine.run("losetup", "-d", attached.text()));
    Box box = new Box(machine, "c1");
    String number = attached.text().replace("/dev/loop", "");
    String node = box.rootfs().resolve("disk").toString();
    machine.run("mknod", node, "b", "7", number).ok();
    String[] lines = {
      "lxc.cgroup2.devices.deny = a",
      "lxc.cgroup2.devices.allow = c *:* rwm",
      "coffer.intercept = mount:ext4",
      "lxc.rootfs.options = dev",
      "lxc.cgroup2.devices.allow = b 7:" + number + " rwm"
    };
    box.mapped(Arrays.copyOf(lines, lines.length - 1));
    box.shifted().started("-d");
    assertEquals("no", box.inside("mount -t ext4 /disk /mnt 2>/dev/null || echo no"));
    box.stop().ok();
    box.mapped(lines).started("-d");
    assertEquals("0", box.inside("mount -t ext4 /disk /mnt; echo $?"));
    box.stop().ok();
  }
}
