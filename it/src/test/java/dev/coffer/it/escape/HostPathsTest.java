package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ways to a directory of the host by names, descriptors and handles. */
class HostPathsTest {
  @RegisterExtension final Machine machine = new Machine();

  private String marker() {
    Path marker = machine.home().resolve("marker");
    Target.write(marker, "of the host\n");
    return marker.toString();
  }

  /** Proves that no descriptor of the launcher's can be a working directory (CVE-2024-21626). */
  @Test
  void descriptorsAreNoWorkingDirectoryOfAStart() {
    String marker = marker();
    Target target = new Target(machine, "c1");
    for (int number = 3; number < 16; number++) {
      target.mapped("lxc.init.cwd = /proc/self/fd/" + number);
      machine.lxc("execute", "c1", "--", "/attack", "where", marker).exits(1);
    }
    target.config("lxc.init.cwd = /proc/1/root");
    machine.lxc("execute", "c1", "--", "/attack", "where", marker).exits(1);
  }

  /** Proves the same for lxc-attach, whose caller's directory the container made such a link. */
  @Test
  void descriptorsAreNoWorkingDirectoryOfAnAttachedCommand() throws Exception {
    String marker = marker();
    Path here = Files.createDirectory(machine.home().resolve("here"));
    Target target = new Target(machine, "c1").config().started();
    Path there = target.rootfs().resolve("." + here);
    Files.createDirectories(there.getParent());
    for (int number = 3; number < 16; number++) {
      Files.deleteIfExists(there);
      Files.createSymbolicLink(there, Path.of("/proc/self/fd/" + number));
      Outcome outcome = target.attackCommand("where", marker).in(here).run().exits(1);
      assertTrue(outcome.out().startsWith("cwd /\n"), outcome.out());
    }
  }

  /** Proves that chroot(2) and unmounting the root show nothing of the host. */
  @Test
  void theOldWayOutOfARootLeadsNowhere() {
    String marker = marker();
    Target target = new Target(machine, "c1").config().started();
    target.refuses("chroot", marker);
    target.stopped().mapped().started().refuses("chroot", marker);
    target.refuses("nested", "chroot", marker);
  }

  /** Proves that files are not opened by handles, where the right to it is not left. */
  @Test
  void handlesOpenNothing() {
    Target target = new Target(machine, "c1").mapped().started();
    target.refuses("handle", "/");
    target.refuses("nested", "handle", "/etc");
    target.stopped().config("lxc.cap.drop = dac_read_search").started().refuses("handle", "/");
  }

  /**
   * Proves that a root in another file system's mount namespace is out of reach: the roots and
   * namespaces of the processes that can be seen are the container's own.
   */
  @Test
  void rootsOfProcessesAreTheContainersOwn() {
    String marker = marker();
    Target target = new Target(machine, "c1").mapped().started();
    assertEquals(
        "",
        target.inside(
            "for p in /proc/[0-9]*; do ls $p/root"
                + marker
                + " $p/cwd/../../.."
                + marker
                + "; done 2>/dev/null; true"));
  }

  /**
   * Proves that a device node of the host is made with its own mode, and nothing else changes,
   * while the container swaps its name for a link to a file of the host.
   */
  @Test
  void aNodeThatBecomesALinkChangesNoFileOfTheHost() throws Exception {
    Target.Treasure treasure = new Target.Treasure(machine);
    Target target = new Target(machine, "c1").config().started();
    machine.run("chmod", "600", treasure.file.toString()).ok();
    Path place = Files.createDirectory(target.rootfs().resolve("race"));
    Files.createSymbolicLink(place.resolve("link"), treasure.file);
    String tidy =
        "cd %s; for n in node link; do [ -L $n ] || rm -f $n; done; [ -L link ] || ln -s %s link; rm -f node"
            .formatted(place, treasure.file);
    Command.Running racer =
        target.attackCommand("exchange", "/race/node", "/race/link", "3").start();
    while (racer.process().isAlive()) {
      machine.lxc("device", "c1", "add", "/dev/null", "/race/node");
      machine.run("sh", "-c", tidy);
    }
    racer.await(Duration.ofSeconds(10)).ok();
    assertEquals("600", machine.run("stat", "-c", "%a", treasure.file.toString()).ok().text());
  }
}
