package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc-execute: application containers below the minimal init. */
class ExecuteTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void theCommandsCodeIsTheToolsCode() {
    Box box = new Box(machine, "c1");
    box.execute("true").exits(0);
    box.execute("sh", "-c", "exit 42").exits(42);
    box.execute("sh", "-c", "kill -9 $$").exits(137);
    assertEquals("STOPPED", machine.state("c1"));
  }

  @Test
  void aCommandThatIsMissingIsNamed() {
    Box box = new Box(machine, "c1");
    Outcome outcome = box.execute("/no/such");
    assertTrue(outcome.exit() != 0, outcome.toString());
    assertTrue(outcome.err().contains("cannot execute /no/such"), outcome.err());
  }

  @Test
  void theCommandIsPidTwoBelowAnInit() {
    Box box = new Box(machine, "c1");
    assertEquals("2 1", box.execute("sh", "-c", "echo $$ $PPID").ok().text());
    assertTrue(
        box.execute("sh", "-c", "cat /proc/1/comm").ok().text().contains("init"),
        "its init is called init");
  }

  @Test
  void theStreamsAreTheCallersAndNothingElseIsOpen() {
    new Box(machine, "c1");
    Outcome outcome =
        machine
            .command(
                "bash",
                "-c",
                "exec 7</etc/hostname; lxc-execute -P "
                    + machine.lxcpath()
                    + " -n "
                    + machine.name("c1")
                    + " -- /bin/sh -c 'cat; echo err >&2; "
                    + Box.OPEN_DESCRIPTORS
                    + "; ls /proc/1/fd | wc -l'")
            .input("text\n")
            .run()
            .ok();
    outcome.complains("err\n");
    assertTrue(outcome.out().matches("text\n0 1 2\n[0-4]\n"), outcome.out());
  }

  @Test
  void theConfiguredCommandIsUsedWhenNoneIsGiven() {
    new Box(machine, "c1").config("lxc.execute.cmd = /bin/echo by 'the config'");
    assertEquals("by the config", machine.lxc("execute", "c1").ok().text());
    Box box = new Box(machine, "c2");
    assertTrue(
        machine.lxc("execute", "c2").exits(1).err().contains("No command to execute"),
        box.fullName());
  }

  @Test
  void userAndGroupCanBeChosen() {
    new Box(machine, "c1");
    assertEquals(
        "33 44",
        machine
            .lxc(
                "execute", "c1", "-u", "33", "-g", "44", "--", "sh", "-c", "echo $(id -u) $(id -g)")
            .ok()
            .text());
  }

  @Test
  void signalsReachTheCommand() {
    Box box = new Box(machine, "c1");
    Command.Running running =
        machine
            .lxcCommand(
                "execute",
                "c1",
                "--",
                "/bin/sh",
                "-c",
                "trap 'echo term; exit 3' TERM; echo up > /up; while :; do sleep 0.1; done")
            .start();
    Machine.await("up", SOON, () -> Files.exists(box.rootfs().resolve("up")));
    running.process().destroy();
    Outcome outcome = running.await(SOON);
    assertEquals("term", outcome.text());
    outcome.exits(3);
  }

  @Test
  void orphansAreReaped() {
    Box box = new Box(machine, "c1");
    String out =
        box.execute(
                "sh",
                "-c",
                "(sleep 0.1 & ) ; (sleep 0.2 &) ; sleep 0.6; ps | grep -c '\\[sleep\\]' || true")
            .ok()
            .text();
    assertEquals("0", out);
  }

  @Test
  void theInitCannotBeOverwrittenAndTellsNothing() {
    Box box = new Box(machine, "c1");
    Outcome outcome =
        box.execute("sh", "-c", "echo x >> /proc/1/exe; echo rc $?; cat /proc/1/environ | wc -c");
    assertTrue(
        outcome.out().contains("rc 1") || outcome.err().contains("can't create"),
        outcome.toString());
    Outcome truncated =
        box.execute("sh", "-c", "dd if=/dev/zero of=/proc/1/exe bs=1 count=1 conv=notrunc");
    assertTrue(truncated.exit() != 0, truncated.toString());
  }

  @Test
  void aMappedContainerExecutesToo() {
    Box box = new Box(machine, "c1").mapped().shifted();
    assertEquals("0 2", box.execute("sh", "-c", "echo $(id -u) $$").ok().text());
  }

  @Test
  void aTerminalStaysATerminal() {
    Box box = new Box(machine, "c1");
    Outcome outcome =
        machine
            .command(
                "script",
                "-qec",
                "lxc-execute -P "
                    + machine.lxcpath()
                    + " -n "
                    + box.fullName()
                    + " -- sh -c 'test -t 0 -a -t 1 && echo terminal; exit 4'",
                "/dev/null")
            .run()
            .exits(4);
    assertTrue(outcome.out().contains("terminal"), outcome.out());
  }

  @Test
  void detachedItRunsOnByItself() {
    Box box = new Box(machine, "c1");
    machine.lxc("execute", "c1", "-d", "--", "sh", "-c", "echo up > /up; sleep 1000").ok();
    Machine.await("up", SOON, () -> Files.exists(box.rootfs().resolve("up")));
    assertEquals("RUNNING", machine.state("c1"));
    box.stop().ok();
  }
}
