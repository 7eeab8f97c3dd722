package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The examples do what they say, on this machine. */
class ExamplesTest {
  private static final Path SHELL =
      Path.of(System.getProperty("coffer.prefix"), "../../examples/shell").normalize();

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void aDirectoryOfTheHostIsThereAndReadOnly() {
    example("bind-mount.sh").prints("from the host\nand not writable from inside\n");
  }

  @Test
  void limitsHold() {
    example("limits.sh").prints("init may open 100 files\nmemory: 67108864\n");
  }

  @Test
  void rootInsideIsNobodySpecialOutside() {
    example("idmap.sh")
        .prints(
            """
            inside:  0
            outside: 100000
            a file made inside belongs to 0 inside, to 0 on disk
            """);
  }

  @Test
  void containersInsideFindWhatTheyNeed() {
    example("nesting.sh")
        .prints(
            """
            a user namespace inside has a proc of its own
            /sys/fs/cgroup/cgroup.subtree_control
            its cgroup can be divided
            """);
  }

  @Test
  void hooksAreRunAndToldWhatTheyNeed() {
    String name = machine.name("c");
    example("hooks.sh").prints("before " + name + "\nafter " + name + ", which was to stop\n");
  }

  @Test
  void everyExampleIsTried() throws Exception {
    try (var files = Files.list(SHELL)) {
      Stream<String> names = files.map(file -> file.getFileName().toString());
      assertEquals(
          Set.of("bind-mount.sh", "limits.sh", "idmap.sh", "hooks.sh", "nesting.sh"),
          names.collect(Collectors.toSet()));
    }
  }

  @Test
  void theStatusOfAContainersInitIsPassedOnWhenAskedFor() {
    machine.create("c1").ok();
    machine.lxc("start", "c1", "-F", "-s", "lxc.init.cmd = /bin/false").ok();
    machine.lxc("start", "c1", "-F", "--pass-status", "-s", "lxc.init.cmd = /bin/false").exits(1);
    machine.lxc("start", "c1", "-F", "--pass-status", "-s", "lxc.init.cmd = /bin/true").ok();
  }

  private Outcome example(String script) {
    return machine
        .withoutNetwork(
            List.of(
                SHELL.resolve(script).toString(), machine.name("c"), machine.lxcpath().toString()))
        .run()
        .ok();
  }
}
