package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Debian's own tools on containers that Coffer keeps running. */
class LxcToolsOnCofferTest {
  @RegisterExtension final Machine machine = new Machine();
  private final Lxc lxc = new Lxc(machine);

  @BeforeEach
  void aContainerRuns() {
    Lxc.assumeInstalled();
    machine.create("c1").ok();
    machine.lxc("start", "c1").ok();
  }

  @Test
  void theListShowsIt() {
    Outcome list = machine.run("/usr/bin/lxc-ls", "-P", machine.lxcpath().toString(), "-f").ok();
    String row = list.lines().stream().filter(line -> line.contains("c1")).findFirst().orElse("");
    assertTrue(row.matches(machine.name("c1") + " +RUNNING 0 .*true *"), list.toString());
  }

  @Test
  void theInfoSaysWhatOursSays() {
    assertEquals("RUNNING", lxc.run("info", "c1", "-s", "-H").ok().text());
    assertEquals(
        machine.lxc("info", "c1", "-p", "-H").ok().out(),
        lxc.run("info", "c1", "-p", "-H").ok().out());
    assertEquals(
        "lxc.uts.name = " + machine.name("c1"),
        lxc.run("info", "c1", "-c", "lxc.uts.name").ok().text());
    assertTrue(lxc.run("info", "c1", "-S").ok().out().contains("Memory use:"));
  }

  @Test
  void aCommandRunsInsideWithItsExitCode() {
    assertEquals(machine.name("c1"), lxc.run("attach", "c1", "--", "hostname").ok().text());
    lxc.run("attach", "c1", "--", "/bin/sh", "-c", "exit 7").exits(7);
    lxc.run("attach", "c1", "--", "/nowhere").exits(127);
  }

  @Test
  void itIsFrozenAndThawed() {
    lxc.run("freeze", "c1").ok();
    assertEquals("FROZEN", machine.state("c1"));
    assertEquals("FROZEN", lxc.run("info", "c1", "-s", "-H").ok().text());
    lxc.run("unfreeze", "c1").ok();
    assertEquals("RUNNING", machine.state("c1"));
    assertEquals("RUNNING", lxc.run("info", "c1", "-s", "-H").ok().text());
  }

  @Test
  void whoWaitsForTheEndHearsOfIt() {
    lxc.run("wait", "c1", "-s", "RUNNING", "-t", "0").ok();
    Command.Running waiting = lxc.command("wait", "c1", "-s", "STOPPED").start();
    machine.lxc("stop", "c1", "-k").ok();
    waiting.await(Duration.ofSeconds(20)).ok();
    lxc.run("wait", "c1", "-s", "RUNNING", "-t", "1").exits(1);
  }

  @Test
  void itIsShutDownRestartedAndKilled() {
    String first = lxc.run("info", "c1", "-p", "-H").ok().text();
    lxc.run("stop", "c1", "-r").ok();
    assertEquals("RUNNING", machine.state("c1"));
    String second = lxc.run("info", "c1", "-p", "-H").ok().text();
    assertTrue(!first.equals(second), first + " and " + second);
    lxc.run("stop", "c1").ok();
    assertEquals("STOPPED", machine.state("c1"));
    machine.lxc("start", "c1").ok();
    lxc.run("stop", "c1", "-k").ok();
    assertEquals("STOPPED", machine.state("c1"));
    lxc.run("stop", "c1").exits(2);
  }

  @Test
  void aSecondStartIsRefused() {
    lxc.run("start", "c1").ok();
    assertEquals("RUNNING", machine.state("c1"));
  }

  @Test
  void limitsAreReadAndChanged() {
    assertEquals("THAWED", lxc.run("cgroup", "c1", "freezer.state").ok().text());
    lxc.run("cgroup", "c1", "pids.max", "123").ok();
    assertEquals("123", lxc.run("cgroup", "c1", "pids.max").ok().text());
  }

  @Test
  void aTtyIsForOneAtATime() {
    String shown = lxc.onTerminal("console", "c1", "-t 1", "\\n", "\\001q").ok().out();
    assertTrue(shown.contains("Connected to tty 1"), shown);
    assertTrue(shown.contains("login:"), shown);
    Command.Running holder =
        machine
            .command(
                "sh",
                "-c",
                "sleep 20 | script -qec '/usr/bin/lxc-console -P "
                    + machine.lxcpath()
                    + " -n "
                    + machine.name("c1")
                    + " -t 1' /dev/null")
            .start();
    Machine.await(
        "connected", Duration.ofSeconds(10), () -> holder.printed().contains("Connected"));
    String refused = lxc.onTerminal("console", "c1", "-t 1").out();
    assertTrue(!refused.contains("Connected"), refused);
    holder.process().descendants().forEach(ProcessHandle::destroy);
    holder.process().destroy();
    Machine.await(
        "free again",
        Duration.ofSeconds(10),
        () ->
            lxc.onTerminal("console", "c1", "-t 1", "\\001q").out().contains("Connected to tty 1"));
  }

  @Test
  void theConsoleIsLentAndGivenBack() {
    for (int i = 0; i < 3; i++) {
      String shown = lxc.onTerminal("console", "c1", "-t 0", "\\n", "\\001q").ok().out();
      assertTrue(shown.contains("Connected to tty 0"), shown);
      assertTrue(shown.contains("login:"), shown);
    }
  }

  @Test
  void pythonSeesAndEntersIt() {
    assumeTrue(Lxc.hasPython(), "needs Debian's package python3-lxc");
    lxc.python(
            "c1",
            """
            assert c.defined and c.running and c.state == 'RUNNING', c.state
            assert c.init_pid > 1
            assert c.get_config_item('lxc.uts.name') == c.name
            assert c.get_running_config_item('lxc.uts.name') == c.name
            assert c.attach_wait(lxc.attach_run_command, ['sh', '-c', 'exit 3']) == 768
            assert c.freeze() and c.state == 'FROZEN', c.state
            assert c.unfreeze() and c.state == 'RUNNING', c.state
            assert c.get_cgroup_item('pids.max')
            fd = c.console_getfd(1)
            os.close(fd)
            assert c.shutdown(20) and c.wait('STOPPED', 5)
            """)
        .ok();
    assertEquals("STOPPED", machine.state("c1"));
  }

  @Test
  void anEngineThatTookOverServesItAsWell() {
    machine.run("coffer", "engine", "stop").ok();
    assertEquals("RUNNING", lxc.run("info", "c1", "-s", "-H").ok().text());
    assertEquals(machine.name("c1"), lxc.run("attach", "c1", "--", "hostname").ok().text());
  }
}
