package dev.coffer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.model.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemConfigTest {
  @TempDir Path home;

  @Test
  void itemsAreListedAsLxcConfigDoes() {
    assertEquals(
        List.of(
            "lxc.default_config",
            "lxc.lxcpath",
            "lxc.bdev.lvm.vg",
            "lxc.bdev.lvm.thin_pool",
            "lxc.bdev.zfs.root",
            "lxc.cgroup.use",
            "lxc.cgroup.pattern"),
        SystemConfig.read(home.resolve("none"), true, "/root").items());
  }

  @Test
  void withoutAFileRootAndOthersHaveTheirDefaults() {
    SystemConfig root = SystemConfig.read(home.resolve("none"), true, "/root");
    assertEquals(Optional.of("/var/lib/lxc"), root.get("lxc.lxcpath"));
    assertEquals(Optional.of("/etc/lxc/default.conf"), root.get("lxc.default_config"));
    assertEquals(Optional.of("lxc"), root.get("lxc.bdev.zfs.root"));
    assertEquals(Optional.of("lxc"), root.get("lxc.bdev.rbd.rbdpool"));
    assertEquals(Optional.empty(), root.get("lxc.cgroup.use"));
    assertEquals(Optional.empty(), root.get("lxc.bogus"));

    SystemConfig user = SystemConfig.read(false, Map.of("HOME", home.toString()));
    assertEquals(Optional.of(home + "/.local/share/lxc"), user.get("lxc.lxcpath"));
    assertEquals(Optional.of(home + "/.config/lxc/default.conf"), user.get("lxc.default_config"));
    assertEquals(List.of(), user.problems());
  }

  @Test
  void theFirstLineAboutAnItemCountsAndSlashesAtTheEndGo() throws Exception {
    Files.createDirectories(home.resolve(".config/lxc"));
    Path file =
        Files.writeString(
            home.resolve(".config/lxc/lxc.conf"),
            """
            # lxc.bdev.lvm.vg = no
              lxc.lxcpath = /x/y//
            lxc.lxcpath = /z
            lxc.bdev.lvm.vg="q"
            lxc.bdev.zfs.root =
            lxc.cgroup.use = a,b # c
            foo = 1
            lxc.cgroup.patern = lxc/%n
            """);
    SystemConfig config = SystemConfig.read(false, Map.of("HOME", home.toString()));
    assertEquals(Optional.of("/x/y"), config.get("lxc.lxcpath"));
    assertEquals(Optional.of("\"q\""), config.get("lxc.bdev.lvm.vg"));
    assertEquals(Optional.of("lxc"), config.get("lxc.bdev.zfs.root"));
    assertEquals(Optional.of("a,b # c"), config.get("lxc.cgroup.use"));
    assertEquals(
        List.of(
            file
                + ":8  lxc.cgroup.patern: Unsupported config key \"lxc.cgroup.patern\"; did you"
                + " mean \"lxc.cgroup.pattern\"?"),
        config.problems().stream().map(Problem::describe).toList());
  }
}
