package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.it.FailureTable.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What users of LXC most often fail at, done on purpose: the texts of {@code examples/failures.txt}
 * are what is said. {@code COFFER_UPDATE=1} writes them anew.
 */
@Everywhere
class FailureTableTest {
  private static final boolean UNIFIED = Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));

  @RegisterExtension final Machine machine = new Machine();
  private Containers containers;
  private Person person;

  @BeforeEach
  void root() {
    containers = new Containers(machine);
  }

  static Stream<Failure> failures() {
    return FailureTable.read().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void everyFailureNamesPlaceAndRemedy(Failure failure) throws Exception {
    String where = failure.text("where");
    assumeTrue(
        where.isEmpty() || where.equals(UNIFIED ? "v2" : "v1"), "is for cgroups of " + where);
    boolean user = !failure.all("as").isEmpty();
    if (user) {
      person = new Person(machine, failure.text("as").equals("a user"));
    }
    String[] lines = failure.all("set").stream().map(this::filled).toArray(String[]::new);
    for (String command : failure.all("undo")) {
      machine.afterwards(() -> machine.run("sh", "-c", filled(command)).ok());
    }
    for (String command : failure.all("run")) {
      machine.run("sh", "-c", filled(command)).ok();
    }
    Outcome outcome = user ? asUser(lines) : asRoot(failure, lines);
    String said = emptied(outcome.err());
    if (System.getenv("COFFER_UPDATE") != null) {
      FailureTable.write(
          FailureTable.read().stream()
              .map(old -> old.title().equals(failure.title()) ? old.withSays(said) : old)
              .toList());
      return;
    }
    assertEquals(failure.says(), said);
  }

  private Outcome asRoot(Failure failure, String... lines) {
    containers.define("c1", lines);
    String tool = failure.text("tool");
    return tool.isEmpty()
        ? machine.lxc("start", "c1", "-d")
        : machine.run("sh", "-c", filled(tool));
  }

  private Outcome asUser(String... lines) {
    person.write("web.conf", lines);
    return person.says("lxc-execute -n " + machine.name("c1") + " -f web.conf -- true");
  }

  /** What differs from machine to machine and from time to time, as it is now. */
  private List<List<String>> names() {
    List<List<String>> names = new java.util.ArrayList<>();
    names.add(List.of("ROOT", containers.root().toString()));
    names.add(List.of("CONFIG", machine.container("c1").resolve("config").toString()));
    if (person != null) {
      names.add(List.of("PERSONHOME", person.home().toString()));
    }
    names.add(List.of("LXCPATH", machine.lxcpath().toString()));
    names.add(List.of("NAME", machine.name("c1")));
    if (person != null) {
      names.add(List.of("PERSON", person.name()));
    }
    names.add(List.of("HOME", machine.home().toString()));
    names.add(List.of("CGROUP", UNIFIED ? "lxc.cgroup2" : "lxc.cgroup"));
    return names;
  }

  private String filled(String text) {
    String filled = text;
    for (List<String> name : names()) {
      filled = filled.replace(name.getFirst(), name.getLast());
    }
    return filled;
  }

  private String emptied(String text) {
    String emptied =
        text.replaceAll("step  \\d+ of \\d+", "step  STEP")
            .replaceAll("(may not write to )/sys/fs/cgroup(?!/pids)\\S*", "$1CGROUPS")
            .replaceAll("/sys/fs/cgroup/\\S*lxc\\.payload\\.", "CGROUPS/lxc.payload.");
    for (List<String> name : names()) {
      emptied = emptied.replace(name.getLast(), name.getFirst());
    }
    return emptied;
  }
}
