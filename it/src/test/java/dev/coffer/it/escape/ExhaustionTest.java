package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers that use up what there is, or make others wait, and still are under control. */
class ExhaustionTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension final Machine machine = new Machine();

  /** Proves that a container without a process to spare can be looked at and ended. */
  @Test
  void aForkBombCanBeStopped() {
    boolean legacy = Files.isDirectory(Path.of("/sys/fs/cgroup/pids"));
    Target target =
        new Target(machine, "c1")
            .mapped("lxc." + (legacy ? "cgroup" : "cgroup2") + ".pids.max = 60")
            .started();
    Command.Running bomb = target.attackCommand("bomb").start();
    Machine.await("the bomb", SOON, () -> processes(target) >= 55);
    machine.lxcCommand("attach", "c1", "--", "/bin/true").within(SOON).run();
    machine.lxcCommand("info", "c1").within(SOON).run().ok();
    machine.lxcCommand("stop", "c1", "-k").within(SOON).run().ok();
    assertEquals("STOPPED", target.state());
    bomb.await(SOON);
  }

  private static long processes(Target target) {
    String init = target.initPid();
    String namespace = link(Path.of("/proc", init, "ns/pid"));
    return ProcessHandle.allProcesses()
        .filter(p -> link(Path.of("/proc", p.pid() + "", "ns/pid")).equals(namespace))
        .count();
  }

  private static String link(Path path) {
    try {
      return Files.readSymbolicLink(path).toString();
    } catch (java.io.IOException e) {
      return "";
    }
  }

  private void busybox(String script) {
    machine.lxc("attach", "c1", "--", "/bin/busybox", "sh", "-c", script).ok();
  }

  /** The shell is a program that does not look at the file itself. */
  private void shellStarts(String how) {
    Outcome outcome = machine.lxcCommand("attach", "c1").within(SOON).run();
    assertTrue(outcome.err().contains("no such attack"), how + ": " + outcome);
    assertTrue(outcome.took().compareTo(Duration.ofSeconds(10)) < 0, how + ": " + outcome);
  }

  /**
   * Proves that a hostile /etc/passwd, which names the shell of lxc-attach, neither holds it up nor
   * fills the engine: huge, without an end, a pipe, a device, a link, a leased file.
   */
  @Test
  void aHostilePasswdHoldsNobodyUp() {
    Target target = new Target(machine, "c1").config().started();
    target.inside("rm /bin/sh; cp /attack /bin/sh");
    long engine = machine.engine();
    for (String make :
        List.of(
            "truncate -s 1T",
            "mkfifo",
            "ln -s /dev/zero",
            "ln -s /proc/self/fd/0",
            "ln -s /proc/kmsg",
            "ln -s passwd",
            "mkdir",
            "mknod -m 666 /etc/passwd b 7 0; true",
            "head -c 900000 /dev/zero | tr '\\0' a >")) {
      busybox("rm -rf /etc/passwd; " + make + " /etc/passwd || true");
      shellStarts(make);
    }
    busybox("rm -rf /etc/passwd; echo root:x:0:0::/:/bin/sh > /etc/passwd");
    Command.Running lease = target.attackCommand("lease", "/etc/passwd").start();
    Machine.await("the lease", SOON, () -> lease.printed().contains("held"));
    shellStarts("lease");
    assertEquals(engine, machine.engine());
    target.stopped();
    lease.await(SOON);
  }

  /**
   * Proves that a start hook, which runs inside, cannot fill the engine by its output, nor speak to
   * the terminal of whoever starts.
   */
  @Test
  void theOutputOfAHookIsBoundedAndHarmless() {
    Target target =
        new Target(machine, "c1")
            .config(
                "lxc.hook.start = sh -c 'echo early; truncate -s 1T /proc/self/fd/1;"
                    + " printf \"\\033]0;title\\007\\033[6nbad\" >> /proc/self/fd/1; exit 1'");
    long engine = machine.engine();
    Outcome outcome = target.start().exits(1);
    assertFalse(outcome.err().contains("\u001b"), outcome.err());
    assertTrue(outcome.err().contains("^[]0;title^G^[[6nbad"), outcome.err());
    assertEquals(engine, machine.engine());
    target.config("lxc.hook.start = sh -c 'head -c 300000000 /dev/zero; exit 1'");
    assertTrue(target.start().exits(1).err().length() < 20_000);
    assertEquals(engine, machine.engine());
  }

  /** Proves that a console that prints without end holds up nobody, and its log stays bounded. */
  @Test
  void aConsoleThatNeverStopsHoldsNobodyUp() {
    Target target =
        new Target(machine, "c1").mapped("lxc.init.cmd = /bin/cat /dev/urandom").started();
    for (int i = 0; i < 5; i++) {
      machine.lxcCommand("info", "c1").within(SOON).run().ok();
    }
    assertTrue(
        machine.run("du", "-sm", machine.engineFolder().toString()).text().matches("[0-9]\\s.*"));
    machine.lxcCommand("stop", "c1", "-k").within(SOON).run().ok();
  }

  /**
   * Proves that what a console printed is shown on a terminal and not obeyed, else kept as it is.
   */
  @Test
  void theConsolesLogDoesNotSpeakToATerminal() {
    Target target =
        new Target(machine, "c1")
            .config(
                "lxc.init.cmd = /bin/sh -c 'printf \"\\033]0;title\\007\\033[31mred\\033[0m\\033[6n\";"
                    + " exec sleep 999'")
            .started();
    String line = "coffer logs -P " + machine.lxcpath() + " " + target.fullName();
    Machine.await("output", SOON, () -> machine.run("sh", "-c", line).out().contains("red"));
    String raw = machine.run("sh", "-c", line).ok().out();
    assertTrue(raw.contains("\u001b]0;title\u0007"), raw);
    String shown = machine.run("script", "-qec", line, "/dev/null").ok().out();
    assertTrue(shown.contains("^[]0;title^G\u001b[31mred\u001b[0m^[[6n"), shown);
    assertFalse(shown.contains("\u001b]"), shown);
  }
}
