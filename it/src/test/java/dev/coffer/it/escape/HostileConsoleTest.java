package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the other end of lxc-console does to the terminal of whoever sits there. */
class HostileConsoleTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension final Machine machine = new Machine();

  private String console(String program, Target target, int number) {
    return "%s -P %s -n %s -t %d".formatted(program, machine.lxcpath(), target.fullName(), number);
  }

  /** On a terminal of 33 rows and 99 columns: lxc-console, left after some seconds. */
  private Command.Running session(String tool) {
    String after =
        "; stty size; stty -a | grep -o '.icanon'; read -t 0.5 x; echo \\\"TYPED=[\\$x]\\\"";
    String line = "stty rows 33 cols 99; " + tool + after;
    return machine
        .command(
            "sh",
            "-c",
            "{ sleep 4; printf '\\001q'; sleep 2; } | script -qec \"bash -c '"
                + line.replace("'.icanon'", ".icanon")
                + "'\" /dev/null")
        .start();
  }

  private void attacksWhileConnected(Target target, int number, Command.Running session) {
    String tty = number == 0 ? "/dev/console" : "/dev/tty" + number;
    Machine.await(
        "the connection", SOON, () -> session.printed().contains("Connected to tty " + number));
    target.attack("resize", "1", tty);
    target.inside("/attack type pwned < " + tty + " > " + tty + " 2>&1; true");
  }

  private static boolean isUnharmed(Outcome shown) {
    return shown.out().contains("33 99")
        && shown.out().contains(" icanon")
        && shown.out().contains("TYPED=[]");
  }

  /**
   * Proves that neither typing (TIOCSTI, TIOCLINUX), nor sizes without end, nor hang-ups inside
   * change the caller's terminal, or put anything into it that a shell would read afterwards.
   */
  @Test
  void theCallersTerminalStaysAsItWas() {
    Target target = new Target(machine, "c1").config("lxc.tty.max = 1").started();
    for (int number : new int[] {0, 1}) {
      Command.Running session = session(console("lxc-console", target, number));
      attacksWhileConnected(target, number, session);
      Outcome shown = session.await(SOON);
      assertTrue(isUnharmed(shown), "tty " + number + ": " + shown);
    }
    target.stopped();
    if (Target.hasLxc()) {
      for (int number : new int[] {0, 1}) {
        target.lxc("start", "-d");
        Command.Running session = session(console("/usr/bin/lxc-console", target, number));
        attacksWhileConnected(target, number, session);
        Outcome shown = session.await(SOON);
        Target.recordLxc("what attacks the terminal through tty " + number, !isUnharmed(shown));
        target.lxc("stop", "-k");
      }
    }
  }

  /** Proves that somebody who connects and reads nothing holds up nobody but the writer. */
  @Test
  void aReaderThatReadsNothingHoldsUpNobody() {
    Target target =
        new Target(machine, "c1").mapped("lxc.tty.max = 1", "lxc.init.cmd = /bin/cat /dev/zero");
    target.started();
    long engine = machine.engine();
    for (int number : new int[] {0, 1}) {
      Command.Running session =
          machine
              .command(
                  "sh",
                  "-c",
                  "sleep 9 | script -qec '"
                      + console("lxc-console", target, number)
                      + "' /dev/null")
              .start();
      Machine.await("the connection", SOON, () -> session.printed().contains("Connected to tty"));
      signalConsole(session, "STOP");
      Command.Running writer =
          machine
              .lxcCommand("attach", "c1", "--", "sh", "-c", "timeout 3 cat /dev/zero > /dev/tty1")
              .start();
      for (int i = 0; i < 5; i++) {
        machine.lxcCommand("info", "c1").within(SOON).run().ok();
        machine.lxcCommand("attach", "c1", "--", "/bin/true").within(SOON).run().ok();
      }
      writer.await(SOON);
      signalConsole(session, "KILL");
      session.await(SOON);
    }
    assertEquals(engine, machine.engine());
    machine.lxcCommand("stop", "c1", "-k").within(SOON).run().ok();
  }

  private void signalConsole(Command.Running session, String signal) {
    session
        .process()
        .descendants()
        .filter(process ->
            Target.read(Path.of("/proc", process.pid() + "", "cmdline")).startsWith("lxc-console"))
        .forEach(process -> machine.run("kill", "-" + signal, process.pid() + "").ok());
  }
}
