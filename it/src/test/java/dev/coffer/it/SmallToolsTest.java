package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc-cgroup, -checkconfig, -update-config, -clone and -start-ephemeral, beside Debian's. */
class SmallToolsTest {
  @RegisterExtension final Machine machine = new Machine();

  private String path() {
    return machine.lxcpath().toString();
  }

  @Test
  void cgroupValuesAreShownAndSetAsByLxcsOwn() {
    Lxc.assumeInstalled();
    Box box = new Box(machine, "c1").started("-d");
    boolean legacy = Files.exists(Path.of("/sys/fs/cgroup/pids"));
    machine.lxc("cgroup", "c1", "pids.max", "77").ok().prints("");
    machine.lxc("cgroup", "c1", "pids.max").ok().prints("77\n\n");
    assertEquals(
        new Lxc(machine).run("cgroup", "c1", "pids.max").ok().out(),
        machine.lxc("cgroup", "c1", "pids.max").ok().out());
    String bad = machine.lxc("cgroup", "c1", "no.such").exits(1).err();
    assertTrue(
        bad.contains(
            "Failed to retrieve value of 'no.such' for '"
                + path()
                + ":"
                + machine.name("c1")
                + "'"),
        bad);
    machine.lxc("cgroup", "c1", "pids.max", "many").exits(1);
    machine.lxc("cgroup", "c1", "../x").exits(1);
    if (legacy) {
      machine.lxc("cgroup", "c1", "devices.deny", "c 1:3 rwm").ok();
      box.tryInside("echo x > /dev/null").exits(1);
      machine.lxc("cgroup", "c1", "devices.allow", "c 1:3 rwm").ok();
      box.inside("echo x > /dev/null");
    }
    box.stop().ok();
    String stopped = machine.lxc("cgroup", "c1", "pids.max").exits(1).err();
    assertTrue(stopped.contains("' is not running"), stopped);
  }

  @Test
  void checkconfigSaysWhatLxcsOwnSays() {
    Lxc.assumeInstalled();
    Outcome theirs = machine.run("/usr/bin/lxc-checkconfig").ok();
    assertEquals(lines(theirs.out()), lines(machine.run("lxc-checkconfig").ok().out()));
    machine.command("lxc-checkconfig").with("CONFIG", "/nonexistent").run().exits(1);
  }

  /** Without what names the program or its search for uidmap's programs. */
  private static List<String> lines(String text) {
    return text.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("usage") && !line.contains("newuidmap"))
        .filter(line -> !line.contains("newgidmap") && !line.startsWith("Kernel configuration"))
        .toList();
  }

  @Test
  void updateConfigGivesWhatBothUnderstand() throws Exception {
    Path file = machine.home().resolve("old");
    Box.write(
        file,
        "lxc.rootfs = /srv/x\nlxc.utsname = x\nlxc.network.type = veth\nlxc.network.link = br0\n");
    machine.run("lxc-update-config", "-c", file.toString()).ok().prints("");
    assertEquals(
        "lxc.rootfs.path = dir:/srv/x\nlxc.uts.name = x\nlxc.net.0.type = veth\n"
            + "lxc.net.0.link = br0\n",
        Files.readString(file));
    assertTrue(Files.exists(machine.home().resolve("old.backup")));
    machine.run("lxc-update-config", "-c", file + "none").exits(1);
  }

  @Test
  void cloneMakesCopies() {
    new Box(machine, "c1");
    String copy = machine.name("c2");
    machine
        .run("lxc-clone", "-p", path(), "-P", path(), "-o", machine.name("c1"), "-n", copy)
        .ok()
        .prints("Created container " + copy + " as copy of " + machine.name("c1") + "\n");
    machine.run("lxc-clone", "-p", path(), "-s", machine.name("c1"), machine.name("c3")).ok();
    assertTrue(
        Box.read(machine.container("c3").resolve("config")).contains("lxc.rootfs.path = overlay:"));
    machine.run("lxc-clone", "-p", path(), "-R", copy, machine.name("c4")).ok();
    assertFalse(Files.exists(machine.container("c2")));
    machine.lxc("start", "c4").ok();
    machine.lxc("stop", "c4", "-k").ok();
    machine.run("lxc-clone", "-p", path(), machine.name("none"), "x").exits(1);
    machine.lxc("destroy", "c3").ok();
  }

  @Test
  void anEphemeralContainerRunsItsCommandAndGoes() throws Exception {
    new Box(machine, "c1");
    Path shown = Box.directory(machine.home().resolve("shown"));
    Outcome outcome =
        machine
            .run(
                "lxc-start-ephemeral",
                "-P",
                path(),
                "-o",
                machine.name("c1"),
                "-b",
                shown.toString(),
                "--",
                "sh",
                "-c",
                "touch " + shown + "/made; exit 7")
            .exits(7);
    assertTrue(Files.exists(shown.resolve("made")), outcome.toString());
    try (Stream<Path> all = Files.list(machine.lxcpath())) {
      assertEquals(1, all.count());
    }
    machine
        .run(
            "lxc-start-ephemeral",
            "-P",
            path(),
            "-o",
            machine.name("c1"),
            "-n",
            machine.name("e"),
            "-d")
        .ok();
    assertEquals("RUNNING", machine.state("e"));
    machine.lxc("stop", "e", "-k").ok();
    Machine.await(
        "its end", java.time.Duration.ofSeconds(10), () -> !Files.exists(machine.container("e")));
  }
}
