package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which version of cgroups a container sees on a host that has both. */
class CgroupViewTest {
  private static final String[] IDS = {
    "lxc.idmap = u 0 300000 65536",
    "lxc.idmap = g 0 300000 65536",
    "lxc.rootfs.options = idmap=container"
  };
  private static final String LOOK = "cd /sys/fs/cgroup; ls -d memory unified cgroup.procs; true";

  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void needsBothVersions() {
    assumeTrue(
        Files.exists(Path.of("/sys/fs/cgroup/unified/cgroup.procs")),
        "needs a host with the trees of v1 and that of v2");
  }

  @Test
  void aSystemdThatKnowsV2AloneGetsItWhateverWasForced() throws IOException {
    Debian debian =
        Debian.make(
            Debian.Kind.NEWEST,
            machine,
            "deb",
            "lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed:force",
            "lxc.cap.drop = sys_module sys_rawio sys_time mac_admin mac_override");
    String plan = machine.lxc("start", "deb", "--explain").ok().out();
    assertTrue(
        plan.matches(
            "(?s).* mount cgroup2 on sys/fs/cgroup \\S+ +from systemd \\d+ in the container, which"
                + " knows v2 alone  coffer.cgroup.view\n.*"),
        plan);
    debian.start();
    debian.boots();
    debian.halts();
    machine.configure("deb", IDS);
    debian.start();
    debian.boots();
    debian.inside("systemd-run", "--wait", "--quiet", "true").ok();
    debian.halts();
  }

  @Test
  void anOlderSystemdGetsWhatTheConfigurationSays() throws IOException {
    Debian debian =
        Debian.make(machine, "deb", "lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed:force");
    debian.start();
    debian.boots();
    assertEquals("memory\nunified", debian.inside("/bin/sh", "-c", LOOK).ok().text());
    debian.halts();
    machine.configure("deb", "coffer.cgroup.view = v2");
    debian.start();
    debian.boots();
    assertEquals("cgroup.procs", debian.inside("/bin/sh", "-c", LOOK).ok().text());
    debian.halts();
  }

  @Test
  void theViewCanBeChosen() {
    Box box = new Box(machine, "c1").shifted();
    for (boolean mapped : new boolean[] {false, true}) {
      assertEquals("memory", seen(box, mapped, "v1"));
      assertEquals("memory\nunified", seen(box, mapped, "hybrid"));
      assertEquals("cgroup.procs", seen(box, mapped, "v2"));
      assertEquals("", seen(box, mapped, "auto"));
    }
  }

  private static String seen(Box box, boolean mapped, String view) {
    String line = "coffer.cgroup.view = " + view;
    if (mapped) {
      box.mapped(line);
    } else {
      box.config(line);
    }
    box.started("-d");
    String seen = box.inside(LOOK + " 2>/dev/null");
    box.stop().ok();
    return seen;
  }
}
