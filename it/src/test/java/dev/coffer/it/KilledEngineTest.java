package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The engine is killed; containers do not notice, and the next engine knows them. */
@Everywhere
class KilledEngineTest {
  private static final int MANY = Integer.getInteger("coffer.many", 50);

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void fiftyContainersGoOnAndTheNextCommandFindsThem() {
    List<String> names = new Containers(machine).defineMany(MANY);
    names.forEach(name -> machine.lxc("start", name, "-d").ok());
    String before = list();
    assertEquals(MANY, before.lines().filter(line -> line.contains("RUNNING")).count());
    machine.killEngine();
    assertEquals(before, list());
    String first = names.getFirst();
    assertEquals(first, machine.lxc("attach", first, "--", "/bin/hostname").ok().text());
    machine.lxc("freeze", first).ok();
    machine.killEngine();
    assertEquals("FROZEN", machine.state(first));
    machine.lxc("unfreeze", first).ok();
    machine.lxc("stop", first, "-t", "20").ok();
    assertEquals("STOPPED", machine.state(first));
    machine.lxc("start", first, "-d").ok();
    assertEquals("RUNNING", machine.state(first));
    machine.killEngine();
    names.forEach(name -> machine.lxc("stop", name, "-k").ok());
    assertEquals(
        MANY, list().lines().filter(line -> line.matches(".*-c\\d+ +STOPPED +-.*")).count());
  }

  private String list() {
    return machine
        .run("lxc-ls", "-P", machine.lxcpath().toString(), "-f", "-F", "NAME,STATE,PID")
        .ok()
        .out();
  }

  @Test
  void anEndWithoutAnEngineWakesOneThatRunsTheHooksAndRemovesWhatIsEphemeral() throws IOException {
    Path said = machine.home().resolve("said");
    new Containers(machine)
        .define(
            "c1",
            "lxc.ephemeral = 1",
            "lxc.hook.stop = /bin/sh -c 'echo stop >>" + said + "'",
            "lxc.hook.post-stop = /bin/sh -c 'echo post-stop >>" + said + "'");
    Path own = Files.createDirectory(machine.container("c1").resolve("rootfs"));
    Process copy = cp(machine.container("base").resolve("rootfs"), own);
    assertEquals(0, copy.exitValue());
    machine.configure("c1", "lxc.rootfs.path = dir:" + own);
    machine.lxc("start", "c1", "-d").ok();
    long init = Long.parseLong(machine.lxc("info", "c1", "-pH").ok().text());
    machine.killEngine();
    ProcessHandle.of(init).orElseThrow().destroyForcibly();
    Machine.await("removed", Duration.ofSeconds(20), () -> !Files.exists(machine.container("c1")));
    assertEquals("stop\npost-stop\n", Files.readString(said));
    assertEquals(List.of(), Running.traces(machine, machine.name("c1")));
  }

  private static Process cp(Path from, Path to) {
    try {
      Process copy = new ProcessBuilder("cp", "-a", from + "/.", to.toString()).start();
      copy.waitFor();
      return copy;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aKeeperThatIsKilledTakesItsContainerWithIt() throws IOException {
    new Containers(machine).define("c1");
    Path pid = machine.home().resolve("pid");
    for (boolean engine : new boolean[] {true, false}) {
      machine.lxc("start", "c1", "-d", "-p", pid.toString()).ok();
      long keeper = Long.parseLong(Files.readString(pid));
      if (!engine) {
        machine.killEngine();
      }
      ProcessHandle.of(keeper).orElseThrow().destroyForcibly();
      Machine.await("stopped", Duration.ofSeconds(10), () -> machine.state("c1").equals("STOPPED"));
      assertEquals(List.of(), Running.traces(machine, machine.name("c1")));
      assertTrue(Files.notExists(pid));
    }
  }

  @Test
  void aRestartFromInsideWorksUnderTheNextEngine() {
    new Containers(machine).define("c1");
    machine.lxc("start", "c1", "-d").ok();
    String init = machine.lxc("info", "c1", "-pH").ok().text();
    machine.killEngine();
    machine.lxc("stop", "c1", "-r", "-t", "20").ok();
    Machine.await(
        "another init",
        Duration.ofSeconds(10),
        () -> !List.of("", init).contains(machine.lxc("info", "c1", "-pH").text()));
    machine.killEngine();
    assertEquals("RUNNING", machine.state("c1"));
    machine.lxc("stop", "c1", "-k").ok();
  }
}
