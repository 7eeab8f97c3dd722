package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Programs that use the API without an engine, alone and beside the tools. */
class JavaProgramTest {
  private static final Path EXAMPLES =
      Path.of(System.getProperty("coffer.prefix"), "../../examples/java").normalize();
  private static final Path JDK = Path.of(System.getProperty("java.home"), "bin");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void theTenLineExampleRunsOnTheClassPath() throws IOException {
    Path classes = compile(EXAMPLES.resolve("Hello.java"));
    greets(
        "--enable-native-access=ALL-UNNAMED", "-cp", jars().resolve("*") + ":" + classes, "Hello");
  }

  @Test
  void theTenLineExampleRunsOnTheModulePath() throws IOException {
    Path classes = compile(EXAMPLES.resolve("Hello.java"));
    greets(
        "--enable-native-access=dev.coffer.linux",
        "--module-path",
        jars().toString(),
        "--add-modules",
        "dev.coffer",
        "-cp",
        classes.toString(),
        "Hello");
  }

  private void greets(String... options) {
    List<String> argv = new ArrayList<>(List.of(JDK.resolve("java").toString()));
    argv.addAll(List.of(options));
    argv.add(machine.name("hello"));
    machine.withoutNetwork(argv).run().ok().prints("Hello from " + machine.name("hello") + "\n");
  }

  @Test
  void aProgramHasTheStreamsOfACommandInside() throws IOException {
    example("Output")
        .prints("two\nthree\none\nstatus 0\nls: /nothing: No such file or directory\nstatus 1\n");
  }

  @Test
  void aProgramHearsWhatHappens() throws IOException {
    example("Watch").prints("STARTING\nRUNNING\nended by signal 9\nSTOPPING\nSTOPPED\n");
  }

  @Test
  void aProgramReturnsToASnapshot() throws IOException {
    example("Copies").prints("as it was before\n");
  }

  @Test
  void aProgramLooksAtAPlan() throws IOException {
    String name = machine.name("box");
    example("Explain").prints("CONTAINER: set hostname " + name + "\nSTOPPED\n");
  }

  @Test
  void anOrdinaryUserHasTheSame() throws IOException {
    Path classes = compile(EXAMPLES.resolve("Output.java"));
    Person person = new Person(machine);
    String java =
        JDK.resolve("java") + " --enable-native-access=ALL-UNNAMED -cp '" + jars().resolve("*");
    person
        .says(java + ":" + classes + "' Output " + machine.name("box"))
        .ok()
        .prints("two\nthree\none\nstatus 0\nls: /nothing: No such file or directory\nstatus 1\n");
  }

  @Test
  void aProgramHasSeveralAtOnce() throws IOException {
    String name = machine.name("box");
    example("SideBySide")
        .prints(
            "%1$s0 ended with 0\n%1$s1 ended with 0\n%1$s2 ended with 0\n%1$s3 ended with 0\n"
                .formatted(name));
  }

  @Test
  void aProgramLimitsAndMeasures() throws IOException {
    example("Limits").prints("no more processes\nlimit 40\nin use nearly all\n");
  }

  @Test
  void aProgramHoldsAllProcesses() throws IOException {
    example("Frozen").prints("FROZEN\ntrue\nkilled by signal 9\n");
  }

  @Test
  void aProgramIsToldWhyAStartFails() throws IOException {
    example("Errors")
        .prints(
            """
            cannot bind-mount /srv/nothing on mnt: No such file or directory (ENOENT)
            from  -s lxc.mount.entry=/srv/nothing mnt none bind 0 0
            hint  /srv/nothing does not exist; "optional" passes over it
            STOPPED
            """);
  }

  @Test
  void aProgramStartsWhatNeedsEachOther() throws IOException {
    String name = machine.name("box");
    example("Group")
        .prints(
            """
            START [%1$sdb, %1$sweb]
            RUNNING RUNNING
            KILL [%1$sweb, %1$sdb]
            STOPPED STOPPED
            """
                .formatted(name));
  }

  @Test
  void everyExampleIsTried() throws IOException {
    try (var all = Files.list(EXAMPLES)) {
      assertEquals(
          List.of(
              "Copies.java",
              "Errors.java",
              "Explain.java",
              "Frozen.java",
              "Group.java",
              "Hello.java",
              "Limits.java",
              "Output.java",
              "SideBySide.java",
              "Watch.java"),
          all.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  private Outcome example(String name) throws IOException {
    Path classes = compile(EXAMPLES.resolve(name + ".java"));
    List<String> argv =
        List.of(
            JDK.resolve("java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            jars().resolve("*") + ":" + classes,
            name,
            machine.name("box"));
    return machine.withoutNetwork(argv).run().ok();
  }

  @Test
  void aLauncherThatIsNowhereIsNamedWithTheRemedy() throws IOException {
    Path away = Files.createDirectories(machine.home().resolve("away/lib"));
    try (var all = Files.list(jars())) {
      for (Path jar : all.filter(file -> file.toString().endsWith(".jar")).toList()) {
        Files.copy(jar, away.resolve(jar.getFileName()));
      }
    }
    Path classes = compile(EXAMPLES.resolve("Hello.java"));
    Outcome outcome =
        machine.run(
            JDK.resolve("java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Dcoffer.launcher=/nonexistent/coffer",
            "-cp",
            away.resolve("*") + ":" + classes,
            "Hello",
            machine.name("hello"));
    outcome.exits(1);
    assertTrue(
        outcome.err().contains("cannot read the launcher /nonexistent/coffer"), outcome::err);
  }

  @Test
  void theToolsFindWhatAProgramStartedAndTheProgramDoesNotCleanItUp() throws Exception {
    machine.create("shared").ok();
    machine.run("coffer", "engine", "status");
    assertEquals("STOPPED", machine.state("shared")); // an engine runs that knows nothing of it
    Command.Running program = program("start", "shared");
    Machine.await("the program has started it", LIMIT, () -> has(program, "started"));

    assertEquals("RUNNING", machine.state("shared"));
    assertEquals("up", machine.lxc("attach", "shared", "--", "echo", "up").ok().text());
    assertEquals("RUNNING", machine.state("shared"));
    Machine.await("the program sees it", LIMIT, () -> has(program, "RUNNING RUNNING RUNNING"));
    machine.lxc("stop", "shared", "-k").ok();
    program.await(LIMIT).ok();
    assertTrue(has(program, "stopped"), program::printed);
    assertEquals("STOPPED", machine.state("shared"));
  }

  @Test
  void aProgramFindsWhatTheToolsStartedAndTheEngineDoesNotCleanItUp() throws Exception {
    machine.create("shared").ok();
    machine.lxc("start", "shared", "-d").ok();
    program("attach", "shared").await(LIMIT).ok().prints("inside\nRUNNING\n");
    assertEquals("RUNNING", machine.state("shared"));
    machine.lxc("stop", "shared", "-r").ok();
    assertEquals("RUNNING", machine.state("shared"));
    assertEquals("up", machine.lxc("attach", "shared", "--", "echo", "up").ok().text());
    machine.lxc("stop", "shared", "-k").ok();
    assertEquals("STOPPED", machine.state("shared"));
  }

  @Test
  void aContainerOutlivesTheProgramThatStartedItAndIsCleanedUpAtItsEnd() throws Exception {
    machine.create("shared").ok();
    program("leave", "shared").await(LIMIT).ok();
    machine.lxc("attach", "shared", "--", "halt").ok();
    Machine.await("stopped", LIMIT, () -> machine.state("shared").equals("STOPPED"));
    machine.lxc("start", "shared", "-d").ok();
  }

  private static boolean has(Command.Running program, String words) {
    return program.printed().contains(words);
  }

  private Path jars() {
    return machine.tool("coffer").resolve("../../lib/coffer").normalize();
  }

  private Path compile(Path source) throws IOException {
    Path classes = Files.createDirectories(machine.home().resolve("classes"));
    machine
        .command(
            JDK.resolve("javac").toString(),
            "-d",
            classes.toString(),
            "-cp",
            jars().resolve("*").toString(),
            source.toString())
        .run()
        .ok();
    return classes;
  }

  /** A program that does one thing with a container of this test. */
  private Command.Running program(String what, String container) throws IOException {
    Path source = machine.home().resolve("Program.java");
    Files.writeString(source, PROGRAM);
    return machine
        .command(
            JDK.resolve("java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            jars().resolve("*") + ":" + compile(source),
            "Program",
            what,
            machine.lxcpath().toString(),
            machine.name(container))
        .start();
  }

  private static final String PROGRAM =
      """
      import dev.coffer.*;
      import dev.coffer.model.ContainerState;
      import java.nio.file.Path;
      import java.util.*;

      class Program {
        public static void main(String[] words) throws Exception {
          try (Coffer coffer = Coffer.open(notice -> {})) {
            Container container = coffer.container(words[2], Path.of(words[1]));
            switch (words[0]) {
              case "start" -> {
                container.start(StartOptions.DETACHED);
                System.out.println("started");
                Thread.sleep(1500);
                for (int i = 0; i < 3; i++) {
                  System.out.print(container.state() + " ");
                }
                container.await(Set.of(ContainerState.STOPPED), Optional.empty());
                System.out.println("stopped");
              }
              case "attach" -> {
                container.attach(AttachOptions.of("echo", "inside"));
                System.out.println(container.state());
              }
              default -> container.start(StartOptions.DETACHED);
            }
          }
        }
      }
      """;
}
