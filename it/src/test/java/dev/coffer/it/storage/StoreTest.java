package dev.coffer.it.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Root file systems that are no plain directories. */
@Everywhere
class StoreTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @RegisterExtension final Machine machine = new Machine();

  private String inside(String name, String script) {
    return machine.lxc("attach", name, "--", "/bin/sh", "-c", script).ok().text();
  }

  private void create(String name, String store, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "-B";
    all[1] = store;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    machine.create(name, all).ok().complains("");
  }

  private String config(String name) throws IOException {
    return Files.readString(machine.container(name).resolve("config"));
  }

  private String loops() {
    return machine.run("losetup", "-n", "-O", "BACK-FILE").ok().text();
  }

  /** Its files are root's inside, what is written stays, and nothing stays when it is destroyed. */
  private void lives(String name, String device) {
    for (int life = 0; life < 2; life++) {
      machine.lxc("start", name).ok();
      assertEquals(device, inside(name, "grep ' / ' /proc/mounts").split(" ")[2]);
      assertEquals("0 0", inside(name, "stat -c '%u %g' /bin/sh"));
      assertEquals("x".repeat(life), inside(name, "cat /root/kept 2>/dev/null; :").strip());
      inside(name, "printf x >>/root/kept");
      machine.lxc("stop", name, "-k").ok();
    }
    machine.lxc("destroy", name).ok().complains("");
    assertFalse(Files.exists(machine.container(name)));
  }

  @Test
  void anOverlayKeepsItsLowerSideAsItWas() throws IOException {
    create("o", "overlay");
    Path folder = machine.container("o");
    assertTrue(
        config("o")
            .contains(
                "lxc.rootfs.path = overlay:%1$s/rootfs:%1$s/overlay/delta".formatted(folder)));
    machine.lxc("start", "o").ok();
    inside("o", "rm /etc/passwd; echo x >/root/new");
    machine.lxc("stop", "o", "-k").ok();
    assertTrue(Files.exists(folder.resolve("rootfs/etc/passwd")));
    assertFalse(Files.exists(folder.resolve("rootfs/root/new")));
    assertTrue(Files.exists(folder.resolve("overlay/delta/root/new")));
    machine.lxc("start", "o").ok();
    assertEquals("x", inside("o", "cat /root/new; ! test -e /etc/passwd"));
    machine.lxc("stop", "o", "-k").ok();
    machine.lxc("destroy", "o").ok();
    assertFalse(Files.exists(folder));
  }

  @Test
  void manyLayersAreOne() throws IOException {
    machine.create("base").ok();
    StringBuilder path = new StringBuilder("overlay:");
    for (int i = 0; i < 60; i++) {
      Path layer = Files.createDirectories(machine.home().resolve("layer" + i + "/root"));
      Files.writeString(layer.resolve("f" + i), "");
      path.append(layer.getParent()).append(':');
    }
    Path delta = Files.createDirectories(machine.container("base").resolve("overlay/delta"));
    path.append(machine.container("base").resolve("rootfs")).append(':').append(delta);
    machine.configure("base", "lxc.rootfs.path = " + path);
    machine.lxc("start", "base").ok();
    assertEquals("60", inside("base", "ls /root | wc -l"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs"})
  void aFileIsARootFileSystem(String type) throws IOException {
    create("l", "loop", "--fssize", "400m", "--fstype", type);
    assertTrue(
        config("l").contains("lxc.rootfs.path = loop:" + machine.container("l") + "/rootdev"));
    lives("l", type);
  }

  @Test
  void aFileOfSixteenMegabytesIsFullWhenItIs() {
    create("l", "loop", "--fssize", "16m");
    machine.lxc("start", "l").ok();
    String said = inside("l", "dd if=/dev/zero of=/root/big bs=1M count=32 2>&1; :");
    assertTrue(said.contains("No space left on device"), said);
    String info =
        machine
            .run("coffer", "info", machine.name("l"), "-P", machine.lxcpath().toString())
            .ok()
            .out();
    assertTrue(
        info.matches("(?s).*Root use: +1[0-9]\\.\\d+ MiB\nRoot size: +1[0-9]\\..*MiB\n.*"), info);
  }

  @ParameterizedTest
  @ValueSource(strings = {"engine", "keeper", "init"})
  void theLoopDeviceGoesWhateverIsKilled(String what) {
    create("l", "loop", "--fssize", "32m");
    machine.lxc("start", "l").ok();
    assertTrue(loops().contains("/rootdev"), loops());
    long init = Long.parseLong(machine.lxc("info", "l", "-p", "-H").ok().text());
    switch (what) {
      case "engine" -> machine.killEngine();
      case "keeper" ->
          ProcessHandle.of(init).orElseThrow().parent().orElseThrow().destroyForcibly();
      default -> ProcessHandle.of(init).orElseThrow().destroyForcibly();
    }
    machine.lxc("stop", "l", "-k");
    Machine.await("detached", SOON, () -> !loops().contains("/rootdev"));
    assertEquals("STOPPED", machine.state("l"));
  }

  @Test
  void aSubvolumeIsARootFileSystem() throws IOException {
    Path image = machine.home().resolve("btrfs.img");
    machine.run("truncate", "-s", "300M", image.toString()).ok();
    machine.run("mkfs.btrfs", "-q", image.toString()).ok();
    machine.run("mount", "-o", "loop", image.toString(), machine.lxcpath().toString()).ok();
    try {
      for (String store : new String[] {"btrfs", "best"}) {
        create("b", store);
        assertTrue(
            config("b").contains("lxc.rootfs.path = btrfs:" + machine.container("b") + "/rootfs"));
        machine
            .run("btrfs", "subvolume", "create", machine.container("b") + "/rootfs/mnt/inner")
            .ok();
        lives("b", "btrfs");
      }
      assertEquals(
          "", machine.run("btrfs", "subvolume", "list", machine.lxcpath().toString()).ok().text());
    } finally {
      machine.run("umount", machine.lxcpath().toString()).ok();
    }
  }

  private void refused(String why, String... arguments) {
    String said = machine.create("x", arguments).exits(1).err();
    assertTrue(said.contains(why), said);
  }

  @Test
  void whatCannotBeMadeIsToldAndLeavesNothing() {
    refused("it is not on btrfs", "-B", "btrfs");
    refused("there is no mkfs.nosuch", "-B", "loop", "--fstype", "nosuch");
    refused("\"lots\" is no size", "-B", "loop", "--fssize", "lots");
    refused("no/such", "-B", "zfs", "--zfsroot", "no/such");
    refused("is not a valid backing storage type", "-B", "nonsense");
    assertFalse(Files.exists(machine.container("x")));
  }
}
