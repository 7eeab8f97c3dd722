package dev.coffer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.CofferException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigUpdateTest {
  private static final String OLD =
      """
      # made by hand
      lxc.rootfs = /var/lib/lxc/web/rootfs
      lxc.rootfs.backend = btrfs
      lxc.utsname = web
      lxc.tty = 4
      #lxc.aa_profile = unconfined
      lxc.id_map = u 0 100000 65536
      lxc.pivotdir = lxc_putold
      lxc.limit.nofile = 50

      lxc.network.type = veth
      lxc.network.link=lxcbr0
      lxc.network.ipv4 = 10.0.3.5/24
      lxc.network.ipv4.gateway = 10.0.3.1
      lxc.network.type = macvlan
      lxc.network.link = eth0
      lxc.cap.drop = sys_module
      """;
  private static final String UPDATED =
      """
      # made by hand
      lxc.rootfs.path = btrfs:/var/lib/lxc/web/rootfs
      lxc.uts.name = web
      lxc.tty.max = 4
      #lxc.apparmor.profile = unconfined
      lxc.idmap = u 0 100000 65536
      lxc.prlimit.nofile = 50

      lxc.net.0.type = veth
      lxc.net.0.link=lxcbr0
      lxc.net.0.ipv4.address = 10.0.3.5/24
      lxc.net.0.ipv4.gateway = 10.0.3.1
      lxc.net.1.type = macvlan
      lxc.net.1.link = eth0
      lxc.cap.drop = sys_module
      """;

  @TempDir Path folder;

  @Test
  void formerNamesBecomeTodays() {
    assertEquals(UPDATED, ConfigUpdate.update(OLD));
    assertEquals(UPDATED, ConfigUpdate.update(UPDATED));
    assertEquals(
        "lxc.rootfs.path = overlayfs:/a:/b\nlxc.net.3.name = e\n",
        ConfigUpdate.update("lxc.rootfs = overlayfs:/a:/b\nlxc.network.3.name = e\n"));
  }

  @Test
  void theFormerFileIsKept() throws Exception {
    Path file = Files.writeString(folder.resolve("config"), OLD);
    assertTrue(ConfigUpdate.update(file));
    assertEquals(UPDATED, Files.readString(file));
    assertEquals(OLD, Files.readString(folder.resolve("config.backup")));
    assertFalse(ConfigUpdate.update(file));
    assertThrows(CofferException.class, () -> ConfigUpdate.update(folder.resolve("none")));
  }
}
