package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers that Debian's LXC made or keeps running, and ours in its hands. */
class LxcContainersTest {
  @RegisterExtension final Machine machine = new Machine();
  private final Lxc lxc = new Lxc(machine);

  @BeforeEach
  void lxcIsThere() {
    Lxc.assumeInstalled();
  }

  @Test
  void aBusyboxThatLxcMadeStartsUnchanged() throws IOException {
    lxcCreate("d1", "busybox");
    Path config = machine.container("d1").resolve("config");
    String before = Files.readString(config);
    machine.lxc("start", "d1").ok();
    assertEquals(machine.name("d1"), machine.lxc("attach", "d1", "--", "hostname").ok().text());
    machine.lxc("stop", "d1", "-t", "20").ok();
    assertEquals(before, Files.readString(config));
    machine.lxc("destroy", "d1").ok();
    assertTrue(Files.notExists(machine.container("d1")));
  }

  @Test
  void aLocalImageThatLxcUnpackedStartsUnchanged() throws IOException {
    machine.create("model").ok();
    Path image = Files.createDirectory(machine.home().resolve("image"));
    machine
        .run(
            "tar",
            "-C",
            machine.container("model").resolve("rootfs").toString(),
            "-cJf",
            image.resolve("rootfs.tar.xz").toString(),
            ".")
        .ok();
    Files.writeString(
        image.resolve("config"), "lxc.signal.halt = SIGUSR1\nlxc.net.0.type = empty\n");
    Files.writeString(image.resolve("create-message"), "made\n");
    machine
        .run(
            "tar",
            "-C",
            image.toString(),
            "-cJf",
            image.resolve("meta.tar.xz").toString(),
            "config",
            "create-message")
        .ok();
    lxcCreate(
        "d1",
        "local",
        "--metadata",
        image.resolve("meta.tar.xz").toString(),
        "--fstree",
        image.resolve("rootfs.tar.xz").toString());
    machine.lxc("start", "d1").ok();
    machine.lxc("attach", "d1", "--", "true").ok();
    machine.lxc("stop", "d1", "-k").ok();
  }

  @Test
  void oneThatWeMadeStartsUnderLxc() throws IOException {
    machine.create("c1", "-f", emptyConfig()).ok();
    lxc.run("start", "c1").ok();
    assertEquals(machine.name("c1"), lxc.run("attach", "c1", "--", "hostname").ok().text());
    lxc.run("stop", "c1", "-t", "20").ok();
    assertEquals("STOPPED", lxc.run("info", "c1", "-s", "-H").ok().text());
  }

  @Test
  void oneThatLxcKeepsRunningIsSeenAndEntered() throws IOException {
    started("d1");
    assertEquals("RUNNING", machine.state("d1"));
    assertEquals(
        lxc.run("info", "d1", "-p", "-H").ok().out(),
        machine.lxc("info", "d1", "-p", "-H").ok().out());
    assertEquals(
        "lxc.uts.name = " + machine.name("d1"),
        machine.lxc("info", "d1", "-c", "lxc.uts.name").ok().text());
    assertTrue(machine.lxc("info", "d1", "-S").ok().out().contains("Memory use:"));
    assertEquals(
        List.of(machine.name("d1")),
        machine.run("lxc-ls", "-P", machine.lxcpath().toString(), "-1", "--active").ok().lines());
    assertEquals(machine.name("d1"), machine.lxc("attach", "d1", "--", "hostname").ok().text());
    machine.lxc("attach", "d1", "--", "/bin/sh", "-c", "exit 7").exits(7);
    String outside = "/proc/" + lxc.run("info", "d1", "-p", "-H").ok().text() + "/cgroup";
    assertEquals(
        List.of(),
        machine.lxc("attach", "d1", "--", "cat", "/proc/self/cgroup").ok().lines().stream()
            .filter(line -> line.contains(".."))
            .toList(),
        "the command is in the cgroups of " + outside);
  }

  @Test
  void oneThatLxcKeepsRunningIsFrozenRestartedAndStopped() throws IOException {
    started("d1");
    machine.lxc("freeze", "d1").ok();
    assertEquals("FROZEN", lxc.run("info", "d1", "-s", "-H").ok().text());
    assertEquals("FROZEN", machine.state("d1"));
    machine.lxc("unfreeze", "d1").ok();
    assertEquals("RUNNING", lxc.run("info", "d1", "-s", "-H").ok().text());
    String first = machine.lxc("info", "d1", "-p", "-H").ok().text();
    machine.lxc("stop", "d1", "-r", "-t", "20").ok();
    assertTrue(!first.equals(machine.lxc("info", "d1", "-p", "-H").ok().text()), first);
    Command.Running waiting = machine.lxcCommand("wait", "d1", "-s", "STOPPED").start();
    machine.lxc("stop", "d1", "-t", "20").ok();
    waiting.await(Duration.ofSeconds(20)).ok();
    lxc.run("start", "d1").ok();
    machine.lxc("destroy", "d1").exits(1);
    machine.lxc("stop", "d1", "-k").ok();
    assertEquals("STOPPED", lxc.run("info", "d1", "-s", "-H").ok().text());
  }

  @Test
  void oneThatLxcKeepsRunningIsNotStartedTwice() throws IOException {
    started("d1");
    machine
        .lxc("start", "d1")
        .ok()
        .complains("lxc-start: " + machine.name("d1") + ": Container is already running\n");
    assertEquals("RUNNING", lxc.run("info", "d1", "-s", "-H").ok().text());
  }

  private void started(String container) throws IOException {
    lxcCreate(container, "busybox");
    lxc.run("start", container).ok();
  }

  private void lxcCreate(String container, String template, String... arguments)
      throws IOException {
    List<String> all = new java.util.ArrayList<>(List.of("-t", template, "-f", emptyConfig()));
    if (arguments.length > 0) {
      all.add("--");
      all.addAll(List.of(arguments));
    }
    lxc.command("create", container, all.toArray(String[]::new))
        .within(Duration.ofMinutes(2))
        .run()
        .ok();
  }

  private String emptyConfig() throws IOException {
    return Files.writeString(machine.home().resolve("default.conf"), "lxc.net.0.type = empty\n")
        .toString();
  }
}
