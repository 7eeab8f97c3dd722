package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc-console, and the caller's terminal whatever happens to whom. */
class ConsoleTest {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final String ESCAPE = "sleep 0.4; printf '\\001q'";

  @RegisterExtension final Machine machine = new Machine();
  private final Lxc lxc = new Lxc(machine);

  /** On a terminal of 33 rows and 99 columns; afterwards it says how it was left. */
  private Command.Running onTerminal(String typed, String tool) {
    String line = tool + "; echo rc \\$?; sleep 0.5; stty -a | grep -o '.icanon'";
    return machine
        .command(
            "sh",
            "-c",
            "{ " + typed + "; } | script -qec \"stty rows 33 cols 99; " + line + "\" /dev/null")
        .start();
  }

  private String tool(String name, String arguments) {
    return "lxc-" + name + " -P " + machine.lxcpath() + " -n " + machine.name("c1") + arguments;
  }

  private static void isLeftAsItWas(Outcome shown, int code) {
    assertTrue(
        shown.out().contains("rc " + code + "\r\n") || shown.out().contains("rc " + code + "\n"),
        shown.toString());
    assertTrue(shown.out().endsWith(" icanon\r\n"), shown.toString());
  }

  private static void awaitPrinted(Command.Running running, String text) {
    Machine.await(text, SOON, () -> running.printed().contains(text));
  }

  private static void killClient(Command.Running running, String name) {
    ProcessHandle client =
        running
            .process()
            .descendants()
            .filter(process ->
                Box.read(Path.of("/proc", String.valueOf(process.pid()), "cmdline"))
                    .startsWith(name + "\0"))
            .findFirst()
            .orElseThrow();
    client.destroyForcibly();
  }

  @Test
  void aTtyIsUsedAndLeft() {
    new Box(machine, "c1").config("lxc.tty.max = 2").started("-d");
    Outcome shown =
        onTerminal(
                "sleep 0.4; echo; sleep 0.4; echo root; sleep 0.4; echo stty size; " + ESCAPE,
                tool("console", " -t 1"))
            .await(SOON)
            .ok();
    assertTrue(shown.out().contains("\nConnected to tty 1\r\n"), shown.toString());
    assertTrue(
        shown
            .out()
            .contains(
                "Type <Ctrl+a q> to exit the console, <Ctrl+a Ctrl+a> to enter Ctrl+a itself\r\n"),
        shown.toString());
    assertTrue(shown.out().contains("\r\n33 99\r\n"), shown.toString());
    isLeftAsItWas(shown, 0);
    assertEquals("RUNNING", machine.state("c1"));
  }

  @Test
  void theConsoleTakesTheSizeOfTheTerminal() {
    Box box = new Box(machine, "c1").started("-d");
    Outcome shown =
        onTerminal("sleep 0.4; echo; " + ESCAPE, tool("console", " -t 0")).await(SOON).ok();
    assertTrue(shown.out().contains("login:"), shown.toString());
    isLeftAsItWas(shown, 0);
    assertEquals("33 99", box.inside("stty size < /dev/console"));
  }

  @Test
  void anotherEscapeLeavesAndTwiceIsItself() {
    new Box(machine, "c1").config("lxc.tty.max = 1").started("-d");
    Outcome shown =
        onTerminal(
                "sleep 0.4; printf '\\001q'; sleep 0.4; printf '\\002q'", tool("console", " -e b"))
            .await(SOON)
            .ok();
    assertTrue(shown.out().contains("Type <Ctrl+b q> to exit the console"), shown.toString());
    isLeftAsItWas(shown, 0);
  }

  @Test
  void withoutANumberItIsTheFirstThatIsFree() {
    new Box(machine, "c1").config("lxc.tty.max = 2").started("-d");
    Command.Running first = onTerminal("sleep 3; printf '\\001q'", tool("console", ""));
    awaitPrinted(first, "Connected to tty 1");
    Outcome second = onTerminal(ESCAPE, tool("console", "")).await(SOON).ok();
    assertTrue(second.out().contains("Connected to tty 2"), second.toString());
    Outcome refused = onTerminal("true", tool("console", " -t 1")).await(SOON).ok();
    assertTrue(
        refused.out().contains("lxc-console: " + machine.name("c1") + ": Denied access to tty"),
        refused.toString());
    isLeftAsItWas(refused, 1);
    isLeftAsItWas(first.await(SOON), 0);
  }

  @Test
  void theEndOfTheContainerIsTheEndOfItsConsoles() {
    new Box(machine, "c1").config("lxc.tty.max = 1").started("-d");
    Command.Running tty = onTerminal("sleep 5", tool("console", " -t 1"));
    Command.Running console = onTerminal("sleep 5", tool("console", " -t 0"));
    awaitPrinted(tty, "Connected to tty 1");
    awaitPrinted(console, "Connected to tty 0");
    machine.lxc("stop", "c1", "-k").ok();
    isLeftAsItWas(tty.await(SOON), 0);
    isLeftAsItWas(console.await(SOON), 0);
  }

  @Test
  void whatCannotBeConnectedSaysSo() {
    Box box = new Box(machine, "c1").config("lxc.tty.max = 1");
    String prefix = "lxc-console: " + box.fullName() + ": ";
    machine.lxc("console", "c1").exits(1).complains(prefix + box.fullName() + " is not running\n");
    box.started("-d");
    machine
        .lxc("console", "c1", "-t", "9")
        .exits(1)
        .complains(
            prefix
                + "Denied access to tty\n"
                + "  hint  somebody else uses terminal 9, or lxc.tty.max is below 9\n");
    machine.lxc("console", "c1", "-t", "x").exits(1);
  }

  @Test
  void aContainerOfLxcIsTalkedToAsWell() {
    Lxc.assumeInstalled();
    new Box(machine, "c1").config("lxc.tty.max = 2");
    lxc.run("start", "c1").ok();
    Outcome shown =
        onTerminal("sleep 0.4; echo; " + ESCAPE, tool("console", " -t 1")).await(SOON).ok();
    assertTrue(shown.out().contains("Connected to tty 1"), shown.toString());
    assertTrue(shown.out().contains("login:"), shown.toString());
    isLeftAsItWas(shown, 0);
    shown = onTerminal("sleep 0.4; echo; " + ESCAPE, tool("console", " -t 0")).await(SOON).ok();
    assertTrue(shown.out().contains("Connected to tty 0"), shown.toString());
    isLeftAsItWas(shown, 0);
    lxc.run("stop", "c1", "-k").ok();
  }

  @Test
  void aTerminalOfTheHostCanBeTheConsole() {
    Box box = new Box(machine, "c1");
    String program =
        """
        import os, pty, subprocess, sys, time
        master, slave = pty.openpty()
        subprocess.check_call(sys.argv[1:] + ['-d', '-c', os.ttyname(slave)])
        shown = b''
        while not shown.endswith(b'login: '):
            shown += os.read(master, 1000)
        os.write(master, b'root\\r')
        time.sleep(1)
        print(os.read(master, 1000).decode())
        """;
    Outcome shown =
        machine
            .run(
                "/usr/bin/python3",
                "-c",
                program,
                "lxc-start",
                "-P",
                machine.lxcpath().toString(),
                "-n",
                box.fullName())
            .ok();
    assertTrue(shown.out().contains("built-in shell"), shown.toString());
    assertEquals("RUNNING", machine.state("c1"));
  }

  @Test
  void aKilledEngineLeavesTheTerminalAsItWas() {
    new Box(machine, "c1").config("lxc.tty.max = 1").started("-d");
    Command.Running running = onTerminal("sleep 4", tool("console", " -t 1"));
    awaitPrinted(running, "Connected to tty 1");
    machine.killEngine();
    isLeftAsItWas(running.await(SOON), 1);
    assertEquals("RUNNING", machine.state("c1"));
  }

  @Test
  void aKilledClientLeavesTheTerminalAsItWas() {
    new Box(machine, "c1").config("lxc.tty.max = 1").started("-d");
    Command.Running running = onTerminal("sleep 4", tool("console", " -t 1"));
    awaitPrinted(running, "Connected to tty 1");
    killClient(running, "lxc-console");
    isLeftAsItWas(running.await(SOON), 137);
    Outcome again = onTerminal(ESCAPE, tool("console", " -t 1")).await(SOON).ok();
    assertTrue(again.out().contains("Connected to tty 1"), again.toString());
  }

  @Test
  void aForegroundStartWhoseEngineIsKilledGoesOnAndLeavesTheTerminalAsItWas() {
    new Box(machine, "c1");
    Command.Running running =
        onTerminal(
            "sleep 2; echo now; sleep 2",
            tool("start", " -F -- /bin/sh -c 'echo up; read a; echo got $a'".replace("$", "\\$")));
    awaitPrinted(running, "up\r\n");
    machine.killEngine();
    Outcome shown = running.await(SOON);
    assertTrue(shown.out().contains("got now"), shown.toString());
    isLeftAsItWas(shown, 0);
  }

  @Test
  void aForegroundStartWhoseClientIsKilledLeavesTheTerminalAndTheContainer() {
    Box box = new Box(machine, "c1");
    Command.Running running = onTerminal("sleep 4", tool("start", " -F"));
    awaitPrinted(running, "login:");
    killClient(running, "lxc-start");
    isLeftAsItWas(running.await(SOON), 137);
    assertEquals("RUNNING", machine.state("c1"));
    assertFalse(box.inside("echo alive").isEmpty());
  }
}
