package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Contexts of SELinux, and what is said on a host without it. */
class SelinuxTest {
  private static final Path ENFORCE = Path.of("/sys/fs/selinux/enforce");
  private static final String CONTEXT = "unconfined_u:unconfined_r:unconfined_t:s0";

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void initAndWhatEntersItHaveTheContext() {
    assumeTrue(Files.exists(ENFORCE), "needs a host with SELinux and a policy");
    Box box = new Box(machine, "c1").config("lxc.selinux.context = " + CONTEXT).started("-d");
    assertEquals(CONTEXT, box.ofInit("attr/current").replace("\0", "").strip());
    assertEquals(CONTEXT, box.inside("tr -d '\\000' </proc/self/attr/current"));
    box.stop().ok();
  }

  @Test
  void aHostWithoutItIsToldAndTheContainerStarts() {
    assumeTrue(!Files.exists(ENFORCE), "needs a host without SELinux");
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
