package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What somebody who starts or enters a container has, and the container must not get. */
class CallerTest {
  private static final String STATUS = "grep -E '^(Groups|CapInh|CapAmb)' /proc/%s/status";

  @RegisterExtension final Machine machine = new Machine();

  private String tool(String name) {
    return "lxc-" + name + " -P " + machine.lxcpath() + " -n " + machine.name("c1") + " ";
  }

  private static String lxc(String line) {
    return line.replace("lxc-", "/usr/bin/lxc-");
  }

  private Outcome shell(String script) {
    return machine.run("bash", "-c", script);
  }

  /** What the caller's terminal has got to read after the line. */
  private String typed(String line) {
    Path script = machine.home().resolve("session");
    Target.write(script, line + "\nread -t 0.5 x; echo \"TYPED=[$x]\"\n");
    String shown = machine.run("script", "-qec", "bash " + script, "/dev/null").out();
    return shown.replaceFirst("(?s).*TYPED=\\[(.*?)\\].*", "$1");
  }

  /** Proves that no program of a container types into its caller's terminal, whatever is on it. */
  @Test
  void theCallersTerminalCannotBeTypedInto() {
    List<String> lines =
        List.of(
            tool("attach") + "-- /attack type pwned",
            tool("attach") + "-- /attack type pwned < /dev/null",
            tool("attach") + "-- /attack type pwned | cat",
            tool("attach") + "-- /attack type pwned 2> /dev/null | cat",
            tool("execute") + "-- /attack type pwned",
            tool("execute") + "-- /attack type pwned < /dev/null",
            tool("start") + "-F -s lxc.init.cmd='/attack type pwned'");
    Target target = new Target(machine, "c1").config();
    for (String line : lines) {
      if (line.contains("attach")) {
        target.start();
      } else {
        target.stopped();
      }
      assertEquals("", typed(line), line);
    }
    if (Target.hasLxc()) {
      for (String line : lines) {
        target.lxc("stop", "-k");
        if (line.contains("attach")) {
          target.lxc("start", "-d");
        }
        String what = line.replaceFirst("-P .* -n \\S+ ", "");
        Target.recordLxc("typing into the terminal by " + what, typed(lxc(line)).contains("pwned"));
      }
      target.lxc("stop", "-k");
    }
  }

  /**
   * Proves that groups, inheritable and ambient capabilities stay behind (CVE-2022-24769, -27650,
   * -29162), for init, start hooks and attached commands.
   */
  @Test
  void groupsAndInheritableCapabilitiesStayBehind() {
    String rich =
        "setpriv --groups 44,55 --inh-caps +sys_module,+sys_time --ambient-caps +sys_module ";
    String none = "Groups:\t\nCapInh:\t0000000000000000\nCapAmb:\t0000000000000000";
    Target target = new Target(machine, "c1");
    String hook =
        "lxc.hook.start = sh -c 'exec "
            + STATUS.formatted("self").replace("'", "\"")
            + " > /of-hook'";
    for (boolean mapped : new boolean[] {false, true}) {
      if (mapped) {
        target.mapped(hook);
      } else {
        target.config(hook);
      }
      shell(rich + tool("start")).ok();
      String init = target.initPid();
      for (String seen :
          List.of(
              shell(STATUS.formatted(init)).ok().text(),
              Target.read(target.rootfs().resolve("of-hook")).strip(),
              shell(rich + tool("attach") + "-- " + STATUS.formatted("self")).ok().text(),
              shell(rich + tool("attach") + "-e -- " + STATUS.formatted("self")).ok().text())) {
        assertEquals(
            none, seen.replace("Groups:\t \n", "Groups:\t\n").replace("Groups:\n", "Groups:\t\n"));
      }
      target.stopped();
    }
  }

  /** Proves that a capability that the container gave up does not come back with its caller. */
  @Test
  void aDroppedCapabilityIsNotInherited() {
    Target target = new Target(machine, "c1").config("lxc.cap.drop = sys_module").started();
    String line =
        "setpriv --inh-caps +sys_module %s-- grep CapEff /proc/self/status"
            .formatted(tool("attach"));
    long effective = Long.parseUnsignedLong(shell(line).ok().text().substring(8), 16);
    assertEquals(0, effective & 1L << 16);
    if (Target.hasLxc()) {
      target.stopped().lxc("start", "-d");
      String theirs = lxc(line);
      long found = Long.parseUnsignedLong(shell(theirs).text().replaceFirst(".*\t", ""), 16);
      target.lxc("stop", "-k");
      Target.recordLxc("a dropped capability that the caller can inherit", (found & 1L << 16) != 0);
    }
  }

  /** Proves that keys of the caller's session are not the container's, in start and attach. */
  @Test
  void theCallersKeysStayBehind() {
    String keep = Target.program(machine) + " keep ours secret ";
    Target target = new Target(machine, "c1");
    for (boolean mapped : new boolean[] {false, true}) {
      if (mapped) {
        target.mapped();
      } else {
        target.config();
      }
      shell(keep + tool("execute") + "-- /attack key ours").exits(1);
      target.started();
      shell(keep + tool("attach") + "-- /attack key ours").exits(1);
      target.stopped();
    }
    if (Target.hasLxc()) {
      target.config().lxc("start", "-d");
      int exit = shell(keep + lxc(tool("attach")) + "-- /attack key ours").exit();
      target.lxc("stop", "-k");
      Target.recordLxc("keys of the session of whoever attaches", exit == 0);
    }
  }

  /** Proves that a container that has used up all keys of its ids gains nothing by that. */
  @Test
  void usedUpKeysDoNotKeepTheCallersKeyring() {
    String keep = Target.program(machine) + " keep ours secret ";
    Target target = new Target(machine, "c1").mapped().started();
    var hoarder = target.attackCommand("keys").start();
    Machine.await(
        "used up keys", java.time.Duration.ofSeconds(5), () -> hoarder.printed().contains("keys"));
    shell(keep + tool("attach") + "-- /attack key ours").exits(1);
    shell(keep + tool("attach") + "-- /attack key ours").exits(1);
    Target second = new Target(machine, "c2").mapped();
    shell(keep + tool("start").replace(machine.name("c1"), second.fullName())).ok();
    second.stopped();
    target.stopped();
  }

  /** Proves that a container whose ids have no root never runs anything as the caller. */
  @Test
  void withoutARootInsideNothingRunsAsTheCaller() {
    Target target = new Target(machine, "c1");
    machine.run("chown", "-hR", "200000:200000", target.rootfs().toString()).ok();
    target
        .config(
            "lxc.idmap = u 1000 200000 10",
            "lxc.idmap = g 1000 200000 10",
            "lxc.init.uid = 1000",
            "lxc.init.gid = 1000")
        .started();
    String status = "-- grep -E '^Uid' /proc/self/status";
    assertEquals("Uid:\t1000\t1000\t1000\t1000", shell(tool("attach") + status).ok().text());
    for (String ids : List.of("-u 0 -g 0 ", "-u 0 ", "-g 0 ", "-u 65534 -g 65534 ")) {
      Outcome outcome = shell(tool("attach") + ids + status);
      assertTrue(outcome.exit() != 0 || outcome.text().startsWith("Uid:\t1000"), ids + outcome);
    }
  }

  /** Proves that the environment of who starts a container, and of the engine, is not init's. */
  @Test
  void theStartersEnvironmentStaysBehind() {
    new Target(machine, "c1").config().start();
    String init = machine.lxc("info", "c1", "-p", "-H").ok().text();
    machine.lxc("stop", "c1", "-k").ok();
    machine.lxcCommand("start", "c1").with("OURS", "secret").run().ok();
    String environment =
        Target.read(Path.of("/proc", machine.lxc("info", "c1", "-p", "-H").ok().text(), "environ"));
    for (String word : List.of("OURS", "COFFER", "HOME", "PATH=" + machine.tool(""))) {
      assertFalse(environment.contains(word), environment);
    }
    List<String> cleared =
        machine
            .lxcCommand("attach", "c1", "--clear-env", "--", "/bin/cat", "/proc/self/environ")
            .with("OURS", "secret")
            .run()
            .ok()
            .lines();
    assertFalse(cleared.toString().contains("OURS"), init);
  }

  /** Proves that the launcher does nothing for whoever runs it with rights of somebody else. */
  @Test
  void aLauncherThatChangesItsUserRefusesToRun() {
    Path copy = machine.home().resolve("lxc-info");
    machine.run("cp", machine.tool("coffer").toString(), copy.toString()).ok();
    List<String> refusals = new ArrayList<>();
    for (String mode : List.of("4755", "2755")) {
      machine.run("chmod", mode, copy.toString()).ok();
      Outcome outcome =
          machine.run(
              "setpriv",
              "--reuid",
              "65534",
              "--regid",
              "65534",
              "--clear-groups",
              copy.toString(),
              "-n",
              "x");
      refusals.add(outcome.exit() + " " + outcome.err().strip());
    }
    assertEquals(refusals.getFirst(), refusals.getLast());
    assertTrue(refusals.getFirst().contains("set-user-ID"), refusals.toString());
  }
}
