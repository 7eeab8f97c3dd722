package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.signal.*, lxc.monitor.signal.pdeath, lxc.ephemeral, reboots, freezing. */
class LifeTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @RegisterExtension final Machine machine = new Machine();

  private void stopped() {
    Machine.await("stopped", SOON, () -> machine.state("c1").equals("STOPPED"));
  }

  /** An init that notes the signals it gets and ends upon one of them. */
  private static String noting(String ending) {
    return "lxc.init.cmd = /bin/sh -c 'for s in HUP INT TERM USR1 USR2 PWR; do"
        + " trap \"echo $s >> /signals; [ $s = "
        + ending
        + " ] && exit\" $s; done; echo up > /up; while :; do sleep 0.1; done'";
  }

  private void up(Box box) {
    Machine.await("init is up", SOON, () -> Files.exists(box.rootfs().resolve("up")));
  }

  @Test
  void theHaltSignalAsksTheContainerToEnd() {
    Box box = new Box(machine, "c1");
    box.config(noting("USR2"), "lxc.signal.halt = SIGUSR2").started("-d");
    up(box);
    machine.lxc("stop", "c1", "-t", "10", "--nokill").ok();
    assertEquals("USR2\n", Box.read(box.rootfs().resolve("signals")));
    stopped();
  }

  @Test
  void withoutAHaltSignalItIsPwr() {
    Box box = new Box(machine, "c1");
    box.config(noting("PWR"), "lxc.signal.halt =").started("-d");
    up(box);
    machine.lxc("stop", "c1", "-t", "10", "--nokill").ok();
    assertEquals("PWR\n", Box.read(box.rootfs().resolve("signals")));
  }

  @Test
  void theRebootSignalIsSentToInit() {
    Box box = new Box(machine, "c1");
    box.config(noting("none"), "lxc.signal.reboot = 10").started("-d");
    up(box);
    machine.lxc("stop", "c1", "-r", "-W").ok();
    Machine.await("signal", SOON, () -> Files.exists(box.rootfs().resolve("signals")));
    assertEquals("USR1\n", Box.read(box.rootfs().resolve("signals")));
  }

  @Test
  void theStopSignalTakesThePlaceOfKill() {
    Box box = new Box(machine, "c1");
    box.config(noting("USR2"), "lxc.signal.stop = SIGUSR2").started("-d");
    up(box);
    box.stop().ok();
    stopped();
    assertEquals("USR2\n", Box.read(box.rootfs().resolve("signals")));
  }

  @Test
  void stubbornContainersAreKilledUnlessForbidden() {
    Box box = new Box(machine, "c1");
    box.config("lxc.init.cmd = /bin/sleep 999").started("-d");
    machine.lxc("stop", "c1", "-t", "1", "--nokill").exits(1);
    assertEquals("RUNNING", machine.state("c1"));
    machine.lxc("stop", "c1", "-t", "1").ok();
    stopped();
  }

  @Test
  void theContainerEndsWithItsKeeperByTheConfiguredSignal() {
    Box box = new Box(machine, "c1");
    box.config(noting("USR2"), "lxc.monitor.signal.pdeath = SIGUSR2")
        .started("-d", "-p", machine.home() + "/pid");
    up(box);
    long keeper = Long.parseLong(Box.read(machine.home().resolve("pid")));
    ProcessHandle.of(keeper).orElseThrow().destroyForcibly();
    Machine.await("signal", SOON, () -> Files.exists(box.rootfs().resolve("signals")));
    stopped();
    assertEquals("USR2\n", Box.read(box.rootfs().resolve("signals")));
    box.config().started("-d").stop().ok();
  }

  @Test
  void aRebootFromInsideKeepsTheKeeperAndRunsTheHooksAgain() throws Exception {
    Path log = machine.home().resolve("log");
    Path pidFile = machine.home().resolve("pid");
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.tty.max = 2",
                "lxc.hook.pre-start = sh -c 'echo start $LXC_TARGET $LXC_PID $LXC_MNT_NS >> "
                    + log
                    + "'",
                "lxc.hook.stop = sh -c 'echo stop $LXC_TARGET >> " + log + "'",
                "lxc.hook.post-stop = sh -c 'echo post-stop $LXC_TARGET >> " + log + "'")
            .started("-d", "-p", pidFile.toString());
    String first = box.initPid();
    String keeper = Box.read(pidFile);
    for (int i = 2; i <= 3; i++) {
      String before = box.initPid();
      box.tryInside("reboot");
      box.awaitAnotherInit(before);
      assertEquals(keeper, Box.read(pidFile), "the keeper stays");
      assertEquals(box.fullName(), box.inside("hostname"));
      box.inside("echo x > /dev/tty1; echo y > /dev/console");
    }
    assertNotEquals(first, box.initPid());
    box.stop().ok();
    stopped();
    assertEquals(
        List.of(
            "start",
            "stop reboot",
            "post-stop reboot",
            "start",
            "stop reboot",
            "post-stop reboot",
            "start",
            "stop stop",
            "post-stop stop"),
        Box.read(log).lines().map(String::strip).toList());
    assertFalse(Files.exists(pidFile));
  }

  @Test
  void aRebootIsSeenAsASequenceOfStates() throws Exception {
    Box box = new Box(machine, "c1").started("-d");
    Command.Running stopping =
        machine.lxcCommand("wait", "c1", "-s", "STOPPING|STOPPED", "-t", "20").start();
    Command.Running starting =
        machine.lxcCommand("wait", "c1", "-s", "STARTING", "-t", "20").start();
    Thread.sleep(300);
    box.tryInside("reboot");
    stopping.await(SOON.multipliedBy(2)).ok();
    starting.await(SOON.multipliedBy(2)).ok();
    machine.lxc("wait", "c1", "-s", "RUNNING", "-t", "20").ok();
  }

  @Test
  void aPostStopHookThatFailsTurnsARebootIntoAStop() {
    Box box = new Box(machine, "c1").config("lxc.hook.post-stop = false").started("-d");
    box.tryInside("reboot");
    stopped();
  }

  @Test
  void lxcStopRebootsAndWaits() {
    Box box = new Box(machine, "c1").started("-d");
    String before = box.initPid();
    Machine.await("inittab is read", SOON, () -> box.inside("ps").contains("getty"));
    machine.lxc("stop", "c1", "-r", "-t", "20").ok();
    assertEquals("RUNNING", machine.state("c1"));
    assertNotEquals(before, box.initPid());
  }

  @Test
  void haltFromInsideEndsIt() {
    Box box = new Box(machine, "c1").started("-d");
    box.tryInside("halt");
    stopped();
  }

  @Test
  void anEphemeralContainerIsGoneAfterAStopButNotAfterAReboot() {
    Box box = new Box(machine, "c1").config("lxc.ephemeral = 1").started("-d");
    String before = box.initPid();
    box.tryInside("reboot");
    box.awaitAnotherInit(before);
    assertTrue(Files.exists(box.rootfs()));
    box.stop().ok();
    Machine.await("gone", SOON, () -> !Files.exists(machine.container("c1")));
  }

  @Test
  void aMappedContainerRebootsToo() {
    Box box = new Box(machine, "c1").mapped().shifted().started("-d");
    String before = box.initPid();
    box.tryInside("reboot");
    box.awaitAnotherInit(before);
    assertEquals("0", box.inside("id -u"));
  }

  @Test
  void aFrozenContainerStandsStillAndCanBeStopped() {
    Box box = new Box(machine, "c1").started("-d");
    machine.lxc("freeze", "c1").ok();
    assertEquals("FROZEN", machine.state("c1"));
    machine.lxc("freeze", "c1").ok();
    machine.lxc("unfreeze", "c1").ok();
    assertEquals("RUNNING", machine.state("c1"));
    machine.lxc("unfreeze", "c1").ok();
    machine.lxc("freeze", "c1").ok();
    box.stop().ok();
    stopped();
  }
}
