package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Commands that meet each other. */
@Everywhere
class AtOnceTest {
  @RegisterExtension final Machine machine = new Machine();

  @Test
  void ofTwentyStartsOfOneContainerOneWinsAndTheOthersSaySo() {
    new Containers(machine).define("c1");
    List<Outcome> starts =
        together(IntStream.range(0, 20).mapToObj(i -> machine.lxcCommand("start", "c1", "-d")));
    String others = "lxc-start: " + machine.name("c1") + ": Container is already running\n";
    assertEquals(1, starts.stream().filter(start -> start.err().isEmpty()).count());
    starts.stream()
        .filter(start -> !start.err().isEmpty())
        .forEach(start -> start.complains(others));
    starts.forEach(Outcome::ok);
    assertEquals("RUNNING", machine.state("c1"));
    machine.lxc("attach", "c1", "--", "/bin/true").ok();
  }

  @Test
  void fortyContainersStartAndStopSideBySide() {
    List<String> names = new Containers(machine).defineMany(40);
    together(names.stream().map(name -> machine.lxcCommand("start", name, "-d")))
        .forEach(Outcome::ok);
    names.forEach(name -> assertEquals("RUNNING", machine.state(name)));
    together(names.stream().map(name -> machine.lxcCommand("stop", name, "-k")))
        .forEach(Outcome::ok);
    names.forEach(name -> assertEquals("STOPPED", machine.state(name)));
  }

  @Test
  void tenFirstCommandsStartOneEngine() throws IOException {
    Command status = machine.command("coffer", "engine", "status", "--format", "json");
    List<String> engines =
        together(IntStream.range(0, 10).mapToObj(i -> status)).stream()
            .map(Outcome::ok)
            .map(outcome -> outcome.out().replaceFirst("(?s).*\"pid\": ?(\\d+).*", "$1"))
            .distinct()
            .toList();
    assertEquals(1, engines.size(), engines.toString());
    try (var files = Files.list(machine.engineFolder())) {
      List<Path> logs = files.filter(file -> file.toString().endsWith(".log")).toList();
      assertEquals(1, logs.size());
      assertEquals("", Files.readString(logs.getFirst()));
    }
  }

  @Test
  void aContainerCanBeStartedAsSoonAsItsStopReturns() {
    new Containers(machine).define("c1");
    for (int i = 0; i < 50; i++) {
      machine.lxc("start", "c1", "-d").ok().complains("");
      machine.lxc("stop", "c1", "-k").ok().complains("");
    }
  }

  @Test
  void aStartDuringAStopWaitsForItOrSaysThatItRuns() {
    new Containers(machine).define("c1");
    for (int i = 0; i < 10; i++) {
      machine.lxc("start", "c1", "-d").ok();
      List<Outcome> both =
          together(
              List.of(
                  machine.lxcCommand("stop", "c1", "-k"), machine.lxcCommand("start", "c1", "-d"))
                  .stream());
      both.forEach(Outcome::ok);
      Machine.await(
          "settled",
          Duration.ofSeconds(5),
          () -> List.of("RUNNING", "STOPPED").contains(machine.state("c1")));
      machine.lxc("stop", "c1", "-k");
    }
    assertTrue(machine.lxc("start", "c1", "-d").ok().err().isEmpty());
  }

  private static List<Outcome> together(java.util.stream.Stream<Command> commands) {
    List<Command.Running> running = new ArrayList<>(commands.map(Command::start).toList());
    return running.stream().map(each -> each.await(Duration.ofSeconds(60))).toList();
  }
}
