package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a start writes to /proc goes to the kernel, whatever is mounted there (CVE-2025-52881), and
 * what it hides paths under is the host's null device (CVE-2025-31133).
 */
class RedirectedWritesTest {
  private static final String FORWARD = "net/ipv4/ip_forward";

  @RegisterExtension final Machine machine = new Machine();

  /** A directory of the host's that is shown at /proc/sys, with a trap at the setting's name. */
  private Path volume(String link) throws IOException {
    Path volume = machine.home().resolve("volume");
    Path trap = volume.resolve(FORWARD);
    Files.createDirectories(trap.getParent());
    Files.deleteIfExists(trap);
    if (link.isEmpty()) {
      Target.write(trap, "trap\n");
    } else {
      Files.createSymbolicLink(trap, Path.of(link));
    }
    return volume;
  }

  private static String[] lines(String... entries) {
    String[] all = new String[entries.length + 2];
    System.arraycopy(entries, 0, all, 0, entries.length);
    all[entries.length] = "lxc.sysctl.net.ipv4.ip_forward = 1";
    all[entries.length + 1] = "lxc.proc.oom_score_adj = 7";
    return all;
  }

  private void landed(Target target, Target.Treasure treasure, String how) {
    String pid = target.initPid();
    assertEquals(
        "1",
        machine.run("nsenter", "-t", pid, "-n", "cat", "/proc/sys/" + FORWARD).ok().text(),
        how);
    assertEquals("7", Target.read(Path.of("/proc", pid, "oom_score_adj")).strip(), how);
    treasure.assertWhole(how);
    target.stopped();
  }

  /**
   * Proves that settings and values of proc land in the kernel, though another file, a link to the
   * host's or a file system of the container's is at their place.
   */
  @Test
  void settingsLandInTheKernel() throws IOException {
    Target.Treasure treasure = new Target.Treasure(machine);
    Target target = new Target(machine, "c1");
    for (String link : new String[] {"", treasure.file.toString(), "/proc/self/oom_score_adj"}) {
      Path volume = volume(link);
      String[] lines =
          lines(
              "lxc.mount.entry = " + volume + " proc/sys none bind 0 0",
              "lxc.mount.entry = tmpfs proc/self/net tmpfs optional 0 0");
      landed(target.config(lines).started(), treasure, "a link to \"" + link + "\"");
      if (link.isEmpty()) {
        assertEquals("trap\n", Target.read(volume.resolve(FORWARD)));
      }
      if (Target.hasLxc()) {
        target.config(lines).lxc("start", "-d");
        boolean trapped = link.isEmpty() && !Target.read(volume.resolve(FORWARD)).equals("trap\n");
        Target.recordLxc(
            "a setting redirected to \"" + link + "\"", trapped || !treasure.isWhole());
        target.lxc("stop", "-k");
        treasure.restore();
      }
    }
    Path volume = volume(treasure.file.toString());
    target.mapped(lines("lxc.mount.entry = " + volume + " proc/sys none bind 0 0"));
    landed(target.started(), treasure, "mapped");
  }

  /** Proves the same while the volume's names are swapped. */
  @Test
  void settingsLandInTheKernelWhileNamesAreSwapped() throws IOException {
    Target.Treasure treasure = new Target.Treasure(machine);
    Path volume = volume(treasure.file.toString());
    Path other = volume.resolve(FORWARD + ".other");
    Target.write(other, "0\n");
    Target target =
        new Target(machine, "c1")
            .config(lines("lxc.mount.entry = " + volume + " proc/sys none bind 0 0"));
    Command.Running racer =
        machine
            .command(
                Target.program(machine).toString(),
                "exchange",
                volume.resolve(FORWARD).toString(),
                other.toString(),
                "3")
            .start();
    while (racer.process().isAlive()) {
      landed(target.started(), treasure, "swapped");
    }
    racer.await(Duration.ofSeconds(10));
    assertEquals("0\n", text(volume));
  }

  private static String text(Path volume) {
    Path file = volume.resolve(FORWARD);
    return Target.read(Files.isSymbolicLink(file) ? Path.of(file + ".other") : file);
  }

  /**
   * Proves that no file of the container's is what hidden paths show, where its /dev/null is a link
   * to a setting of the host's, prepared or swapped in while it starts.
   */
  @Test
  void hiddenPathsShowTheHostsNullDevice() throws IOException {
    Target target = new Target(machine, "c1");
    Path device = target.rootfs().resolve("dev/null");
    Path link = target.rootfs().resolve("dev/null.other");
    machine.run("mknod", "-m", "666", link.toString(), "c", "1", "3").ok();
    Files.deleteIfExists(device);
    Files.createSymbolicLink(device, Path.of("/proc/sys/kernel/core_pattern"));
    String[] lines = {
      "lxc.autodev = 0",
      "lxc.tty.max = 0",
      "lxc.console.path = none",
      "coffer.mask = /proc/interrupts",
      "coffer.mask = /proc/version"
    };
    String before = Target.read(Path.of("/proc/sys/kernel/core_pattern"));
    target.config(lines).start();
    hidden(target);
    Command.Running racer =
        machine
            .command(
                Target.program(machine).toString(), "exchange", device.toString(), link + "", "3")
            .start();
    int started = 0;
    while (racer.process().isAlive()) {
      started += target.start().exit() == 0 ? 1 : 0;
      hidden(target);
    }
    racer.await(Duration.ofSeconds(10)).ok();
    assertTrue(started > 0, "never started");
    assertEquals(before, Target.read(Path.of("/proc/sys/kernel/core_pattern")));
  }

  private static void hidden(Target target) {
    if (target.state().equals("RUNNING")) {
      String seen = "stat -c %F%t:%T /proc/interrupts /proc/version";
      String device = "character special file1:3";
      assertEquals(device + "\n" + device, target.inside(seen));
      target.stopped();
    }
  }
}
