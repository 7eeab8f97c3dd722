package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.mount.auto in all its modes, on a host with the v1 trees and v2 beside them. */
class MountAutoTest {
  @RegisterExtension final Machine machine = new Machine();

  private Box started(String... lines) {
    return new Box(machine, "c1").config(lines).started("-d");
  }

  @Test
  void procMixedLetsOnlyTheNetworksSettingsBeWritten() {
    Box box = started("lxc.mount.auto =", "lxc.mount.auto = proc:mixed");
    assertTrue(box.mount("/proc").has("rw") && box.mount("/proc").has("noexec"));
    assertTrue(box.mount("/proc/sys").has("ro"));
    box.tryInside("echo 1 > /proc/sys/kernel/pid_max").exits(1);
    box.tryInside("echo 1 > /proc/sys/net/ipv4/ip_forward").ok();
    box.tryInside("echo h > /proc/sysrq-trigger").exits(1);
  }

  @Test
  void procRwLetsAllSettingsBeWritten() {
    Box box = started("lxc.mount.auto =", "lxc.mount.auto = proc:rw");
    assertTrue(box.mount("/proc").has("rw"));
    assertFalse(box.mount("/proc/sys").isThere());
    box.tryInside("cat /proc/sys/kernel/hostname > /proc/sys/kernel/hostname").ok();
    assertFalse(box.mount("/sys").isThere(), "no sys where none was asked for");
  }

  @Test
  void sysHasThreeModes() {
    Box box = started("lxc.mount.auto =", "lxc.mount.auto = proc sys:ro");
    assertTrue(box.mount("/sys").has("ro"));
    box.tryInside("echo up > /sys/class/net/lo/ifalias").exits(1);
    box.stop().ok();
    box.config("lxc.mount.auto =", "lxc.mount.auto = proc sys:rw").started("-d");
    assertTrue(box.mount("/sys").has("rw"));
    box.stop().ok();
    box.config("lxc.mount.auto =", "lxc.mount.auto = proc sys:mixed").started("-d");
    assertTrue(box.mount("/sys").has("ro"));
    assertTrue(box.mount("/sys/devices/virtual/net").has("rw"));
    box.tryInside("echo name > /sys/devices/virtual/net/lo/ifalias").ok();
    box.tryInside("mkdir /sys/fs/cgroup/x").exits(1);
  }

  @Test
  void aContainerWithACgroupNamespaceMountsItsCgroupsItself() {
    Box box = started("lxc.mount.auto = cgroup:mixed");
    assertFalse(box.mount("/sys/fs/cgroup").isThere());
    assertEquals("0::/", box.inside("cat /proc/1/cgroup | grep 0::"));
    box.inside(
        "mkdir /tmp/m && mount -t cgroup -o memory c /tmp/m && mkdir /tmp/m/x && rmdir /tmp/m/x");
  }

  @Test
  void forcedItSeesItsOwnPartOfEveryTree() {
    Box box = started("lxc.mount.auto = cgroup:rw:force");
    assertEquals("tmpfs", box.mount("/sys/fs/cgroup").type());
    assertEquals("cgroup", box.mount("/sys/fs/cgroup/memory").type());
    assertEquals("cgroup2", box.mount("/sys/fs/cgroup/unified").type());
    box.tryInside("mkdir /sys/fs/cgroup/memory/x && rmdir /sys/fs/cgroup/memory/x").ok();
    assertEquals("0", box.inside("ls -d /sys/fs/cgroup/memory/lxc.payload* 2>/dev/null | wc -l"));
    assertTrue(
        box.inside("cat /sys/fs/cgroup/pids/cgroup.procs").contains("1\n"),
        "its own cgroup is the root of its view");
  }

  @Test
  void forcedReadOnlyNothingCanBeMade() {
    Box box = started("lxc.mount.auto = cgroup:ro:force");
    assertTrue(box.mount("/sys/fs/cgroup/memory").has("ro"));
    box.tryInside("mkdir /sys/fs/cgroup/memory/x").exits(1);
  }

  @Test
  void withoutACgroupNamespaceItsOwnCgroupIsBound() {
    Box box = started("lxc.namespace.keep = cgroup", "lxc.mount.auto = cgroup:mixed");
    String own = "/sys/fs/cgroup/memory/lxc.payload." + box.fullName();
    box.tryInside("mkdir " + own + "/x && rmdir " + own + "/x").ok();
    assertEquals(
        "lxc.payload." + box.fullName(), box.inside("ls /sys/fs/cgroup/memory"), "nothing else");
    assertTrue(box.inside("cat /proc/1/cgroup").contains("memory:/lxc.payload." + box.fullName()));
    box.stop().ok();
    box.config("lxc.namespace.keep = cgroup", "lxc.mount.auto = cgroup:ro").started("-d");
    box.tryInside("mkdir " + own + "/x").exits(1);
    box.stop().ok();
    box.config("lxc.namespace.keep = cgroup", "lxc.mount.auto = cgroup:rw").started("-d");
    box.tryInside("mkdir " + own + "/x && rmdir " + own + "/x").ok();
  }

  @Test
  void cgroupFullShowsTheWholeTree() {
    Box box = started("lxc.namespace.keep = cgroup", "lxc.mount.auto = cgroup-full:mixed");
    String own = "/sys/fs/cgroup/memory/lxc.payload." + box.fullName();
    box.tryInside("test -e /sys/fs/cgroup/memory/cgroup.procs").ok();
    box.tryInside("mkdir " + own + "/x && rmdir " + own + "/x").ok();
    box.tryInside("mkdir /sys/fs/cgroup/memory/" + box.fullName() + "-x").exits(1);
    box.stop().ok();
    box.config("lxc.namespace.keep = cgroup", "lxc.mount.auto = cgroup-full:ro").started("-d");
    box.tryInside("mkdir " + own + "/x").exits(1);
    box.stop().ok();
    box.config("lxc.namespace.keep = cgroup", "lxc.mount.auto = cgroup-full:rw").started("-d");
    box.tryInside("mkdir " + own + "/x && rmdir " + own + "/x").ok();
  }

  @Test
  void aMappedContainerHasThemToo() {
    Box box =
        new Box(machine, "c1")
            .mapped("lxc.mount.auto =", "lxc.mount.auto = proc:mixed sys:mixed cgroup:rw:force")
            .shifted()
            .started("-d");
    assertTrue(box.mount("/proc/sys").has("ro"));
    assertTrue(box.mount("/sys").has("ro"));
    assertEquals("cgroup", box.mount("/sys/fs/cgroup/memory").type());
    box.tryInside("mkdir /sys/fs/cgroup/memory/x && rmdir /sys/fs/cgroup/memory/x").ok();
  }
}
