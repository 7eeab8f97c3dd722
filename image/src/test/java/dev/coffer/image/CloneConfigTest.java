package dev.coffer.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloneConfigTest {
  private static final String ORIGINAL =
      """
      # a comment

      lxc.uts.name = old
      lxc.rootfs.path = dir:/lxc/old/rootfs
      lxc.net.0.type = veth
      lxc.net.0.hwaddr = 00:16:3e:11:22:33
      lxc.network.hwaddr = 00:16:3e:44:55:66
      lxc.hook.pre-start = /lxc/old/hook.sh --x
      lxc.hook.mount = /lxc/older/hook.sh
      lxc.mount.entry = none d overlay lowerdir=/srv,upperdir=/lxc/old/delta#1,workdir=/lxc/old/work#1
      lxc.environment = P=/lxc/old
      """;

  private static String rewritten(boolean keepsName, boolean keepsAddresses) {
    CloneConfig config =
        new CloneConfig(Path.of("/lxc/old"), Path.of("/lxc/new"), keepsName, keepsAddresses);
    return config.rewrite(
        ORIGINAL, "dir:/lxc/new/rootfs", List.of("lxc.ephemeral = 1"), () -> "02:1");
  }

  @Test
  void whatIsTheCopysOwnIsWrittenAnew() {
    assertEquals(
        """
        # a comment
        lxc.net.0.type = veth
        lxc.net.0.hwaddr = 02:1
        lxc.network.hwaddr = 02:1
        lxc.hook.pre-start = /lxc/new/hook.sh --x
        lxc.hook.mount = /lxc/older/hook.sh
        lxc.mount.entry = none d overlay lowerdir=/srv,upperdir=/lxc/new/delta#1,workdir=/lxc/new/work#1
        lxc.environment = P=/lxc/old
        lxc.rootfs.path = dir:/lxc/new/rootfs
        lxc.uts.name = new
        lxc.ephemeral = 1
        """,
        rewritten(false, false));
  }

  @Test
  void namesAndAddressesCanStay() {
    String text = rewritten(true, true);
    assertEquals(1, text.split("lxc.uts.name = old").length - 1);
    assertEquals(1, text.split("00:16:3e:11:22:33").length - 1);
  }
}
