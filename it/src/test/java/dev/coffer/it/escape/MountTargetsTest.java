package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Links where a start mounts or makes something: prepared ones, and ones that are swapped in while
 * it happens.
 */
class MountTargetsTest {
  private static final Duration END = Duration.ofSeconds(15);

  @RegisterExtension final Machine machine = new Machine();

  /**
   * @param link where in the root file system the link is
   * @param line what the start is to do there
   */
  private record Case(String link, boolean toFile, String line) {}

  private static final List<Case> CASES =
      List.of(
          new Case("proc", false, "lxc.tty.max = 0"),
          new Case("sys", false, "lxc.tty.max = 0"),
          new Case("dev", false, "lxc.autodev = 0"),
          new Case("dev", false, "lxc.autodev = 1"),
          new Case("dev/console", true, "lxc.autodev = 0"),
          new Case("dev/null", true, "lxc.autodev = 0"),
          new Case("dev/pts", false, "lxc.autodev = 0"),
          new Case("dev/ptmx", true, "lxc.autodev = 0"),
          new Case("dev/tty1", true, "lxc.autodev = 0\nlxc.tty.max = 1"),
          new Case("dev/x", false, "lxc.autodev = 0\nlxc.tty.dir = x"),
          new Case("a", false, "lxc.mount.entry = tmpfs a/b tmpfs create=dir 0 0"),
          new Case("a", false, "lxc.mount.entry = tmpfs a/b/c/d tmpfs create=dir 0 0"),
          new Case("a", false, "lxc.mount.entry = /etc/hostname a/b none bind,create=file 0 0"),
          new Case("a/b", true, "lxc.mount.entry = /etc/hostname a/b none bind,create=file 0 0"),
          new Case("a/b", false, "lxc.mount.entry = /etc a/b none bind,create=dir 0 0"),
          new Case("a", false, "lxc.mount.entry = tmpfs a/b tmpfs create=dir,optional 0 0"),
          new Case("sys/fs/cgroup", false, "lxc.mount.auto = cgroup:rw:force"));

  /** Proves that no link of an image makes a start touch the host, privileged or mapped. */
  @Test
  void preparedLinksLeadNowhere() throws Exception {
    Target.Treasure treasure = new Target.Treasure(machine);
    Target target = new Target(machine, "c1");
    Path clean = machine.home().resolve("clean");
    machine.run("cp", "-a", target.rootfs().toString(), clean.toString()).ok();
    for (Case each : CASES) {
      prepare(target, clean, each, treasure);
      target.config(each.line().split("\n")).start();
      treasure.assertWhole(each.link() + ", " + each.line());
      target.stopped().mapped(each.line().split("\n")).start();
      treasure.assertWhole("mapped: " + each.link() + ", " + each.line());
      target.stopped();
      if (Target.hasLxc()) {
        target.config(each.line().split("\n")).lxc("start", "-d");
        target.lxc("stop", "-k");
        Target.recordLxc("a link at " + each.link() + ", " + each.line(), !treasure.isWhole());
        target.config();
        treasure.restore();
        machine.run(
            "sh", "-c", "cd " + treasure.directory + " && ls -A | grep -vx file | xargs rm -rf");
      }
    }
  }

  private void prepare(Target target, Path clean, Case each, Target.Treasure treasure)
      throws Exception {
    machine.run("rm", "-rf", target.rootfs().toString()).ok();
    machine.run("cp", "-a", clean.toString(), target.rootfs().toString()).ok();
    Path link = target.rootfs().resolve(each.link());
    machine.run("rm", "-rf", link.toString()).ok();
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, each.toFile() ? treasure.file : treasure.directory);
  }

  private void race(String line, String name, boolean wantsBoth) throws Exception {
    Target.Treasure treasure = new Target.Treasure(machine);
    Target target = new Target(machine, "c1").config(line.split("\n"));
    Path shared = target.rootfs().resolve(name);
    Path other = Path.of(shared + ".other");
    Files.createDirectories(shared);
    Files.createSymbolicLink(other, treasure.directory);
    Command.Running racer =
        machine
            .command(
                Target.program(machine).toString(),
                "exchange",
                shared.toString(),
                other.toString(),
                "4")
            .start();
    int done = 0;
    int refused = 0;
    while (racer.process().isAlive()) {
      boolean started = target.start().exit() == 0;
      done += started ? 1 : 0;
      refused += started ? 0 : 1;
      target.stopped();
      treasure.assertWhole("a start while " + name + " is swapped");
    }
    racer.await(END).ok();
    System.out.println("race for " + name + ": " + done + " started, " + refused + " refused");
    assertTrue(refused > 0 && (done > 0 || !wantsBoth), done + " started, " + refused + " refused");
    if (Target.hasLxc()) {
      raceLxc(target, shared, other, treasure);
    }
  }

  private void raceLxc(Target target, Path shared, Path other, Target.Treasure treasure) {
    Command.Running racer =
        machine
            .command(
                Target.program(machine).toString(),
                "exchange",
                shared.toString(),
                other.toString(),
                "3")
            .start();
    while (racer.process().isAlive()) {
      target.lxc("start", "-d");
      target.lxc("stop", "-k");
    }
    racer.await(END);
    Target.recordLxc("the race for " + shared.getFileName(), !treasure.isWhole());
  }

  /** Proves it for directories that are made in a shared volume (CVE-2021-30465, -2024-45310). */
  @Test
  void directoriesMadeInARaceStayInside() throws Exception {
    race(
        "lxc.mount.entry = tmpfs vol/a/b/c tmpfs create=dir 0 0\n"
            + "lxc.mount.entry = /etc/hostname vol/d/e none bind,create=file 0 0",
        "vol",
        true);
  }

  /** Proves it for the place of proc itself (CVE-2019-16884, -2019-19921, -2023-27561). */
  @Test
  void aProcThatIsSwappedIsNeverMountedElsewhere() throws Exception {
    race("lxc.tty.max = 0", "proc", true);
  }

  /** Proves it for nodes, console and terminals in the image's own /dev (CVE-2025-52565). */
  @Test
  void aDevThatIsSwappedGetsNoNodeElsewhere() throws Exception {
    race("lxc.autodev = 0\nlxc.tty.max = 2", "dev", false);
  }
}
