package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real distribution: Debian 12 with systemd, by a plain config and by those of Debian's LXC. */
class DebianTest {
  private static final String COMMON = "lxc.include = /usr/share/lxc/config/debian.common.conf";
  private static final String USERNS = "lxc.include = /usr/share/lxc/config/debian.userns.conf";
  private static final String[] IDS = {
    "lxc.idmap = u 0 100000 65536", "lxc.idmap = g 0 100000 65536"
  };

  /**
   * Debian's userns.conf keeps CAP_SYS_RAWIO, so systemd believes that it may mount debugfs, which
   * no user namespace may. Under LXC it fails likewise.
   */
  private static final String DEBUGFS = "sys-kernel-debug.mount";

  @RegisterExtension final Machine machine = new Machine();

  @Test
  @Everywhere
  void itBootsRestartsAndHalts() throws IOException {
    Debian debian = Debian.make(machine, "deb", plain());
    goesRound(debian);
  }

  @Test
  @Everywhere
  void itBootsRestartsAndHaltsWithMappedIds() throws IOException {
    Debian debian = Debian.make(machine, "deb", plain());
    machine.configure("deb", IDS);
    machine.configure("deb", "lxc.rootfs.options = idmap=container");
    goesRound(debian);
    Path host = machine.container("deb").resolve("rootfs/etc/machine-id");
    assertEquals(0, (int) Files.getAttribute(host, "unix:uid"), "the tree stays root's");
  }

  @Test
  void itBootsRestartsAndHaltsFromATreeThatIsOwnedByMappedIds() throws IOException {
    Debian debian = Debian.make(machine, "deb", plain());
    machine.configure("deb", IDS);
    debian.chown();
    goesRound(debian);
  }

  @Test
  void itBootsByTheCommonConfigOfDebiansLxc() throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/share/lxc/config")), "needs Debian's package lxc");
    goesRound(Debian.make(machine, "deb", COMMON));
  }

  @Test
  void itBootsByTheCommonConfigForMappedIds() throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/share/lxc/config")), "needs Debian's package lxc");
    Debian debian = Debian.make(machine, "deb", COMMON, USERNS);
    machine.configure("deb", IDS);
    machine.configure("deb", "lxc.rootfs.options = idmap=container");
    goesRound(debian, DEBUGFS);
  }

  @Test
  void itBootsRestartsAndHaltsUnderCoffersOwnSeccompPolicy() throws IOException {
    Debian debian = Debian.make(machine, "deb", plain());
    machine.configure("deb", "coffer.seccomp = default");
    goesRound(debian);
    machine.configure("deb", IDS);
    machine.configure("deb", "lxc.rootfs.options = idmap=container");
    goesRound(debian);
  }

  @Test
  @Everywhere
  void itBootsRestartsAndHaltsByTheSecureDefaultAlone() throws IOException {
    Debian debian = Debian.make(machine, "deb", "coffer.security = default");
    goesRound(debian);
    machine.configure("deb", "coffer.idmap = none");
    goesRound(debian);
  }

  /** systemd gives most of its own a mount namespace with a root that is bound elsewhere first. */
  @Test
  @Everywhere
  void servicesThatAreSandboxedRunWithTheHostsIds() throws IOException {
    Debian debian = Debian.make(machine, "deb", plain());
    debian.start();
    debian.boots();
    for (String sandbox :
        new String[] {
          "ProtectSystem=strict", "ProtectKernelTunables=yes", "ProtectControlGroups=yes",
          "ProtectKernelLogs=yes", "ProtectHostname=yes", "ProtectProc=invisible",
          "PrivateDevices=yes", "PrivateTmp=yes", "InaccessiblePaths=/proc/bus",
          "BindPaths=/usr:/srv"
        }) {
      debian.inside("systemd-run", "--wait", "--quiet", "-p", sandbox, "true").ok();
    }
    debian.halts();
  }

  @Test
  void itsConsoleAndTerminalsAreLentToLxcConsole() throws IOException {
    Lxc.assumeInstalled();
    Debian debian = Debian.make(machine, "deb", plain());
    machine.configure("deb", "lxc.tty.max = 2");
    debian.start();
    debian.boots();
    debian.showsALogin();
    Lxc lxc = new Lxc(machine);
    String console = lxc.onTerminal("console", "deb", "-t 0", "\\n", "\\001q").ok().out();
    assertTrue(console.contains("login:"), console);
    String tty = lxc.onTerminal("console", "deb", "", "\\n", "\\001q").ok().out();
    assertTrue(tty.contains("Connected to tty 1") && tty.contains("login:"), tty);
    debian.halts();
  }

  private static String[] plain() {
    return new String[] {
      "lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed",
      "lxc.cap.drop = sys_module sys_rawio sys_time mac_admin mac_override"
    };
  }

  private void goesRound(Debian debian, String... mayFail) {
    debian.start();
    debian.boots(mayFail);
    debian.showsALogin();
    assertEquals("lxc", debian.inside("systemd-detect-virt").ok().text());
    assertEquals(machine.name("deb"), debian.inside("hostname").ok().text());
    // a unit of its own needs a cgroup of its own
    debian.inside("systemd-run", "--wait", "--quiet", "true").ok();
    debian.restarts();
    debian.boots(mayFail);
    debian.halts();
  }
}
