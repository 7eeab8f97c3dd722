package dev.coffer.it.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Guest;
import dev.coffer.it.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Root file systems on logical volumes. The group is on a loop device of the test's. */
@Guest
class LvmTest {
  private static final String GROUP = "coffer-t-vg";

  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void group() {
    Path image = machine.home().resolve("vg.img");
    machine.run("truncate", "-s", "1500M", image.toString()).ok();
    String loop = machine.run("losetup", "-f", "--show", image.toString()).ok().text();
    machine.afterwards(() -> machine.run("losetup", "-d", loop).ok());
    machine.run("vgcreate", "-q", GROUP, loop).ok();
    machine.afterwards(() -> machine.run("vgremove", "-q", "-f", GROUP).ok());
  }

  private void create(String name, String... options) {
    String[] all = new String[options.length + 6];
    System.arraycopy(
        new String[] {"-B", "lvm", "--vgname", GROUP, "--fssize", "200m"}, 0, all, 0, 6);
    System.arraycopy(options, 0, all, 6, options.length);
    machine.create(name, all).ok();
  }

  private String inside(String name, String script) {
    return machine.lxc("attach", name, "--", "/bin/sh", "-c", script).ok().text();
  }

  private String volumes() {
    return machine.run("lvs", "--noheadings", "-o", "lv_name", GROUP).ok().text();
  }

  @Test
  void aVolumeIsARootFileSystemAndCanBeCopied() throws IOException {
    create("a");
    String device = "/dev/" + GROUP + "/" + machine.name("a");
    assertTrue(
        Files.readString(machine.container("a").resolve("config"))
            .contains("lxc.rootfs.path = lvm:" + device));
    machine.lxc("start", "a").ok();
    assertEquals("ext4", inside("a", "grep ' / ' /proc/mounts").split(" ")[2]);
    inside("a", "echo kept >/root/note");
    machine.lxc("stop", "a", "-k").ok();
    machine.lxc("copy", "a", "-N", machine.name("b")).ok();
    machine.lxc("destroy", "a").ok();
    machine.lxc("start", "b").ok();
    assertEquals("kept", inside("b", "cat /root/note"));
    machine.lxc("stop", "b", "-k").ok();
    machine.lxc("destroy", "b").ok();
    assertEquals("", volumes());
  }

  @Test
  void aThinVolumeHasThinSnapshots() {
    machine.run("lvcreate", "-q", "-L", "600M", "-T", GROUP + "/pool").ok();
    create("a", "--thinpool", "pool");
    assertTrue(volumes().contains(machine.name("a")), volumes());
    machine.lxc("copy", "a", "-s", "-N", machine.name("b")).ok();
    machine.lxc("start", "a").ok();
    machine.lxc("start", "b").ok();
    inside("a", "echo a >/root/note");
    assertEquals("", inside("b", "cat /root/note 2>/dev/null; :"));
    machine.lxc("stop", "a", "-k").ok();
    machine.lxc("stop", "b", "-k").ok();
    machine.lxc("destroy", "b").ok();
    machine.lxc("destroy", "a").ok();
    assertEquals("pool", volumes());
  }

  @Test
  void whatCannotBeMadeLeavesNothing() {
    machine.create("a", "-B", "lvm", "--vgname", "no-such").exits(1);
    machine.create("a", "-B", "lvm", "--vgname", GROUP, "--fssize", "9g").exits(1);
    assertFalse(Files.exists(machine.container("a")));
    assertEquals("", volumes());
  }
}
