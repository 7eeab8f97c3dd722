package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a container must not get hold of: descriptors, memory, the launcher. */
class ExposureTest {
  @RegisterExtension final Machine machine = new Machine();

  private static List<String> descriptors(String pid) {
    try (var files = Files.list(Path.of("/proc", pid, "fd"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void initHasItsThreeStreamsAndNothingElse() {
    Box box =
        new Box(machine, "c1")
            .config("lxc.init.cmd = /bin/sleep 999", "lxc.tty.max = 4", "lxc.hook.stop = true");
    machine
        .command(
            "bash",
            "-c",
            "exec 7</etc/hostname 8<>/dev/null; lxc-start -P "
                + machine.lxcpath()
                + " -n "
                + box.fullName()
                + " -d")
        .run()
        .ok();
    assertEquals(List.of("0", "1", "2"), descriptors(box.initPid()));
    box.stop().ok();
    box.mapped("lxc.init.cmd = /bin/sleep 999", "lxc.tty.max = 4").shifted().started("-d");
    assertEquals(List.of("0", "1", "2"), descriptors(box.initPid()));
  }

  @Test
  void theKeeperHoldsNoneOfTheCallersFiles() throws Exception {
    Box box = new Box(machine, "c1");
    Path pid = machine.home().resolve("pid");
    machine
        .command(
            "bash",
            "-c",
            "exec 7</etc/hostname; lxc-start -P "
                + machine.lxcpath()
                + " -n "
                + box.fullName()
                + " -d -p "
                + pid)
        .run()
        .ok();
    String keeper = Box.read(pid);
    for (String descriptor : descriptors(keeper)) {
      String target = Files.readSymbolicLink(Path.of("/proc", keeper, "fd", descriptor)).toString();
      assertFalse(target.equals("/etc/hostname"), target);
      assertFalse(target.contains("/rootfs"), target);
    }
  }

  @Test
  void hooksInsideHaveNoneOfTheLaunchersDescriptors() {
    Box box = new Box(machine, "c1");
    box.config("lxc.hook.start = sh -c '" + Box.OPEN_DESCRIPTORS + " > /fds'").started("-d");
    assertEquals("0 1 2\n", Box.read(box.rootfs().resolve("fds")));
  }

  @Test
  void aContainersRootCannotTraceWhatAttaches() {
    Box box = new Box(machine, "c1").mapped().shifted().started("-d");
    assertEquals(
        "",
        box.inside("cat /proc/$PPID/environ 2>/dev/null | tr '\\0' '\\n' | grep COFFER || true"));
  }

  @Test
  void linksUnderProcAndSysAreRefusedAsTargets() throws Exception {
    Box box = new Box(machine, "c1");
    Files.delete(box.rootfs().resolve("proc"));
    Path victim = Box.directory(machine.home().resolve("victim"));
    Files.createSymbolicLink(box.rootfs().resolve("proc"), victim);
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(outcome.err().contains("is a symbolic link (ELOOP)"), outcome.err());
    try (var files = Files.list(victim)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void aDevThatIsALinkIsRefused() throws Exception {
    Box box = new Box(machine, "c1");
    machine.run("rm", "-rf", box.rootfs() + "/dev").ok();
    Files.createSymbolicLink(box.rootfs().resolve("dev"), machine.home());
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(outcome.err().contains("is a symbolic link (ELOOP)"), outcome.err());
    assertFalse(Files.exists(machine.home().resolve("null")));
  }
}
