package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a start was given holds for the lives after a reboot from inside and for the end, whether or
 * not the engine was killed meanwhile.
 */
@Everywhere
class LaterLifeTest {
  @RegisterExtension final Machine machine = new Machine();

  private void maybeKillEngine(boolean killed) {
    if (killed) {
      machine.killEngine();
    }
  }

  private static String network(Box box) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", box.initPid(), "ns/net")).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void reboot(Box box, String name) {
    String before = box.initPid();
    machine.lxc("stop", name, "-r", "-W").ok();
    box.awaitAnotherInit(before);
  }

  private void awaitStopped(String name) {
    Machine.await(
        "the end of " + name, Duration.ofSeconds(10), () -> machine.state(name).equals("STOPPED"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void namespacesAreSharedAgainWithTheOthersPresentLife(boolean killed) throws IOException {
    Box first = new Box(machine, "c1").started("-d");
    Path log = machine.home().resolve("log");
    Box second =
        new Box(machine, "c2")
            .config("lxc.namespace.share.net = " + first.fullName(), "lxc.log.file = " + log)
            .started("-d", "--share-uts=" + first.fullName());
    maybeKillEngine(killed);
    reboot(second, "c2");
    assertEquals(network(first), network(second));
    assertEquals(first.fullName(), second.inside("hostname"));

    String earlier = network(first);
    first.stop().ok();
    first.started("-d");
    maybeKillEngine(killed);
    reboot(second, "c2");
    assertNotEquals(earlier, network(first));
    assertEquals(network(first), network(second));

    first.stop().ok();
    maybeKillEngine(killed);
    machine.lxc("stop", "c2", "-r", "-W").ok();
    awaitStopped("c2");
    String said = Files.readString(log);
    assertTrue(
        said.contains(
            "cannot start again: cannot share a namespace of "
                + first.fullName()
                + ": it is not running"),
        said);
    assertEquals(List.of(), Running.traces(machine, second.fullName()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hooksOfTheEndAndOfTheNextLifeSeeTheEnvironmentOfTheStart(boolean killed) throws IOException {
    Path said = machine.home().resolve("said");
    Box box = new Box(machine, "c1");
    box.config(
        "lxc.environment = OWN",
        hook("pre-start", said),
        hook("stop", said),
        hook("post-stop", said));
    machine
        .lxcCommand("start", "c1", "-d")
        .with("TOKEN", "two\nlines \\ and more")
        .with("OWN", "taken over")
        .run()
        .ok();
    maybeKillEngine(killed);
    reboot(box, "c1");
    maybeKillEngine(killed);
    box.stop().ok();
    awaitStopped("c1");
    String variables = " [two\nlines \\ and more] [taken over]\n";
    assertEquals(
        "pre-start"
            + variables
            + ("stop" + variables + "post-stop" + variables + "pre-start" + variables)
            + ("stop" + variables + "post-stop" + variables),
        Files.readString(said));
  }

  private static String hook(String kind, Path said) {
    return "lxc.hook."
        + kind
        + " = /bin/sh -c 'printf \"%s [%s] [%s]\\n\" "
        + kind
        + " \"$TOKEN\" \"$OWN\" >>"
        + said
        + "'";
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theNextLifeHasTheOptionsOfTheStart(boolean killed) throws IOException {
    Box box = new Box(machine, "c1");
    Path script = box.rootfs().resolve("first");
    Box.write(script, "#!/bin/sh\necho \"begun with $1\"\nexec /sbin/init\n");
    assertTrue(script.toFile().setExecutable(true, false));
    Path folder = Box.directory(machine.home().resolve("folder"));
    machine
        .lxcCommand("start", "c1", "-d", "-p", "pid", "-L", "console", "--", "/first", "a word")
        .in(folder)
        .run()
        .ok();
    maybeKillEngine(killed);
    reboot(box, "c1");
    maybeKillEngine(killed);
    assertEquals(
        2,
        Files.readString(folder.resolve("console"))
            .lines()
            .filter(line -> line.strip().equals("begun with a word"))
            .count());
    assertTrue(Files.exists(folder.resolve("pid")));
    box.stop().ok();
    awaitStopped("c1");
    assertTrue(Files.notExists(folder.resolve("pid")));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aVariableThatIsImportedAndTakenBackIsNoObstacle(boolean included) throws IOException {
    Path file = machine.home().resolve("include");
    Box.write(file, "lxc.environment = GONE\nlxc.environment =\n");
    Box box = new Box(machine, "c1");
    box.config(included ? "lxc.include = " + file : Files.readString(file));
    machine.lxcCommand("start", "c1", "-d").with("GONE", "value").run().ok();
    machine.killEngine();
    assertEquals("RUNNING", machine.state("c1"));
    box.stop().ok();
  }
}
