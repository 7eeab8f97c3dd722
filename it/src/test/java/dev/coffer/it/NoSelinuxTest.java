package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is said about contexts on a host without SELinux. */
class NoSelinuxTest {
  private static final String CONTEXT = "system_u:system_r:svirt_t:s0";

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void theStarterIsToldAndTheContainerStarts() {
    assumeTrue(!Files.exists(Path.of("/sys/fs/selinux/enforce")), "needs a host without SELinux");
    Box box = new Box(machine, "c1").config("lxc.selinux.context = " + CONTEXT);
    assertTrue(
        box.start("-d")
            .ok()
            .err()
            .contains(
                box.configFile()
                    + ":6  lxc.selinux.context: SELinux is not active on this host: it starts"
                    + " without a label"));
    assertTrue(
        box.attach("-c", CONTEXT, "--", "/bin/true")
            .exits(1)
            .err()
            .contains("SELinux is not active on this host"));
    box.stop().ok();
  }
}
