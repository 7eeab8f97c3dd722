package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The options of lxc-start, and lxc.log.*. */
class StartOptionsTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void inTheForegroundTheCodeIsZeroWhateverInitsIs() {
    Box box = new Box(machine, "c1");
    box.start("-F", "--", "/bin/sh", "-c", "exit 7").exits(0);
    box.start("-F", "--pass-status", "--", "/bin/sh", "-c", "exit 7").exits(7);
    assertEquals("STOPPED", machine.state("c1"));
  }

  @Test
  void inTheForegroundTheConsoleIsOnTheCallersOutput() {
    Box box = new Box(machine, "c1");
    Outcome outcome = box.start("-F", "--", "/bin/sh", "-c", "echo out; echo err >&2; tty").ok();
    assertEquals(
        "out\nerr\n/dev/console",
        outcome.text().replace("\r", "").replaceAll("/dev/pts/.*", "/dev/console"));
  }

  @Test
  void aTerminalTalksWithTheConsole() {
    Box box = new Box(machine, "c1");
    Outcome outcome =
        machine
            .command(
                "script",
                "-qec",
                "lxc-start -P "
                    + machine.lxcpath()
                    + " -n "
                    + box.fullName()
                    + " -F -- /bin/sh -c 'read word; echo got $word; stty size'",
                "/dev/null")
            .input("hello\n")
            .run()
            .ok();
    assertTrue(outcome.out().contains("got hello"), outcome.out());
  }

  @Test
  void theForegroundCommandForwardsSignals() {
    Box box = new Box(machine, "c1");
    Command.Running running =
        machine
            .lxcCommand(
                "start",
                "c1",
                "-F",
                "--",
                "/bin/sh",
                "-c",
                "trap 'echo term > /got; exit' TERM; echo up > /up; while :; do sleep 0.1; done")
            .start();
    Machine.await("up", SOON, () -> Files.exists(box.rootfs().resolve("up")));
    running.process().destroy();
    running.await(SOON);
    assertEquals("term\n", Box.read(box.rootfs().resolve("got")));
  }

  @Test
  void thePidFileNamesTheKeeperAndGoesWithTheContainer() throws Exception {
    Path file = machine.home().resolve("pid");
    Box box = new Box(machine, "c1").started("-d", "-p", file.toString());
    String keeper = Box.read(file);
    assertTrue(keeper.matches("[0-9]+"), keeper);
    assertTrue(
        Box.read(Path.of("/proc", keeper, "cmdline")).contains(box.fullName()),
        "the keeper's title names the container");
    assertTrue(
        Box.read(Path.of("/proc", box.initPid(), "status")).contains("PPid:\t" + keeper + "\n"));
    box.stop().ok();
    Machine.await("gone", SOON, () -> !Files.exists(file));
  }

  @Test
  void aPidFileThatCannotBeWrittenIsToldBeforeTheStart() {
    Box box = new Box(machine, "c1");
    Outcome outcome = box.start("-d", "-p", "/no/such/folder/pid").exits(1);
    assertTrue(outcome.err().contains("/no/such/folder/pid"), outcome.err());
    assertEquals("STOPPED", machine.state("c1"));
  }

  @Test
  void anotherConfigurationFileCanBeUsed() {
    Path file = machine.home().resolve("config");
    Box box = new Box(machine, "c1");
    Box.write(file, Box.read(box.configFile()) + "lxc.uts.name = elsewhere\n");
    box.started("-d", "-f", file.toString());
    assertEquals("elsewhere", box.inside("hostname"));
  }

  @Test
  void singleKeysAreSetForOneStart() {
    Box box =
        new Box(machine, "c1").started("-d", "-s", "lxc.uts.name=once", "-s", "lxc.tty.max=1");
    assertEquals("once", box.inside("hostname"));
    box.inside("test -c /dev/tty1");
    box.stop().ok();
    box.started("-d");
    assertEquals(box.fullName(), box.inside("hostname"));
    box.stop().ok();
    Outcome outcome = box.start("-d", "-s", "lxc.bogus=1").exits(1);
    assertTrue(outcome.err().contains("Unsupported config key \"lxc.bogus\""), outcome.err());
  }

  @Test
  void startingARunningContainerIsNoError() {
    Box box = new Box(machine, "c1").started("-d");
    box.start("-d")
        .exits(0)
        .complains("lxc-start: " + box.fullName() + ": Container is already running\n");
  }

  @Test
  void aContainerWithoutConfigurationIsAnError() {
    Outcome outcome = machine.lxc("start", "nothing", "-d").exits(1);
    assertTrue(outcome.err().contains("No container config specified"), outcome.err());
  }

  @Test
  void theConfiguredLogFileGetsMessagesOfItsLevel() {
    Path log = machine.home().resolve("c1.log");
    Box box =
        new Box(machine, "c1")
            .config("lxc.log.file = " + log, "lxc.log.level = trace", "lxc.init.cmd = /no/such");
    box.start("-d").exits(1);
    assertTrue(Files.exists(log), "the log file is there");
    assertTrue(Box.read(log).contains("cannot execute /no/such"), Box.read(log));
    assertTrue(Box.read(log).contains(box.fullName()), Box.read(log));
  }

  @Test
  void theLogOptionsTakeThePlaceOfTheConfiguredOnes() {
    Path log = machine.home().resolve("option.log");
    Box box = new Box(machine, "c1").config("lxc.init.cmd = /no/such");
    box.start("-d", "-o", log.toString(), "-l", "error").exits(1);
    assertTrue(Box.read(log).contains("cannot execute /no/such"), Box.read(log));
  }

  @Test
  void allProblemsOfAConfigurationAreToldAtOnce() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.bogus = 1",
                "lxc.uts.nam = x",
                "lxc.cap.drop = fly",
                "lxc.autodev = 5",
                "lxc.idmap = x 0 1 1",
                "lxc.net.0.type = tube",
                "no equals",
                "lxc.ephemeral");
    String err = box.start("-d").exits(1).err();
    int line = box.line("lxc.bogus = 1");
    for (int i : new int[] {0, 1, 2, 3, 4, 5, 7}) {
      assertTrue(err.contains(box.configFile() + ":" + (line + i)), i + " of " + err);
    }
    assertTrue(err.contains("lxc.uts.name"), "did you mean: " + err);
    assertFalse(err.contains("Exception"), err);
    assertEquals("STOPPED", machine.state("c1"));
  }

  @Test
  void whatTheHostLacksIsSaidAndTheContainerStarts() {
    Box box = new Box(machine, "c1").config("lxc.apparmor.profile = generated");
    Outcome outcome = box.start("-d").ok();
    assertTrue(
        outcome.err().isEmpty() || outcome.err().contains("lxc.apparmor.profile"), outcome.err());
  }
}
