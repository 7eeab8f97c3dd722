package dev.coffer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.AttachOptions;
import dev.coffer.AttachOptions.Elevation;
import dev.coffer.model.CofferException;
import dev.coffer.model.Namespace;
import dev.coffer.tools.Console.Seen;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AttachToolTest {
  private static final Set<Elevation> ALL = Set.of(Elevation.values());

  private final Console console = new Console();
  private final FakeContainer c1 = console.container("c1").running(7);

  private AttachOptions options(String... arguments) {
    assertEquals(Seen.printing(""), console.run("lxc-attach", arguments));
    return (AttachOptions) c1.done.getLast();
  }

  @Test
  void theStatusOfTheCommandIsTheToolsOwn() {
    c1.status = 137;
    assertEquals(new Seen(137, "", ""), console.run("lxc-attach", "c1", "--", "sh", "-c", "x"));
    assertEquals(List.of(AttachOptions.of("sh", "-c", "x")), c1.done);
  }

  @Test
  void everyOptionReachesTheApi() {
    assertEquals(
        new AttachOptions(
            List.of("id"),
            Set.of(Namespace.MOUNT, Namespace.UTS, Namespace.NET, Namespace.CGROUP),
            ALL,
            true,
            List.of("TERM", "LANG"),
            List.of("A=1", "B=2"),
            OptionalLong.of(5),
            OptionalLong.of(6),
            Optional.of("i686"),
            Optional.of(Path.of("/home/user/log")),
            Optional.of(Path.of("/home/user/rc")),
            Optional.of("u:r:t:s0"),
            true),
        options(
            "-n",
            "c1",
            "-s",
            "MOUNT|UTSNAME|NETWORK|CGROUP",
            "--clear-env",
            "--keep-var",
            "TERM",
            "--keep-var=LANG",
            "-vA=1",
            "-v",
            "B=2",
            "-u5",
            "-g",
            "6",
            "-a",
            "i686",
            "-c",
            "u:r:t:s0",
            "-L",
            "log",
            "-f",
            "rc",
            "-R",
            "id"));
  }

  @Test
  void privilegesAreAnAttachedValueOrAll() {
    assertEquals(ALL, options("-e", "c1").elevated());
    assertEquals(
        Set.of(Elevation.CAPABILITIES, Elevation.LSM), options("-eCAP|LSM", "c1").elevated());
    assertEquals(Set.of(Elevation.CGROUP), options("--elev=CGROUP", "c1").elevated());
    assertEquals(List.of("BAD"), options("c1", "-e", "BAD").command());
    assertEquals(
        Seen.failing(
            "lxc-attach: -e BAD: must be of CAP, CGROUP and LSM\n"
                + "lxc-attach: could not parse command line\n"),
        console.run("lxc-attach", "-eBAD", "c1"));
  }

  @Test
  void namespacesHaveTheirNamesInCapitalsOrTheKernelsOwn() {
    assertEquals(
        Set.of(Namespace.NET, Namespace.MOUNT), options("-s", "net|MNT", "c1").namespaces());
    assertEquals(
        Seen.failing(
            "lxc-attach: -s mount: no namespace mount\nlxc-attach: could not parse command line\n"),
        console.run("lxc-attach", "-s", "mount", "c1"));
  }

  @Test
  void theLastWordAboutTheEnvironmentCounts() {
    assertEquals(false, options("--clear-env", "--keep-env", "c1").clearEnvironment());
    assertEquals(true, options("--keep-env", "--clear-env", "c1").clearEnvironment());
  }

  @Test
  void anUnknownArchitectureIsRefused() {
    assertEquals(
        Seen.failing(
            "lxc-attach: -a bad: not an architecture\nlxc-attach: could not parse command line\n"),
        console.run("lxc-attach", "-a", "bad", "c1"));
  }

  @Test
  void aStoppedContainerIsToldInTheApisWords() {
    c1.failure = new CofferException("Failed to get init pid", List.of("why  it is not running"));
    assertEquals(
        Seen.failing("lxc-attach: c1: Failed to get init pid\n  why  it is not running\n"),
        console.run("lxc-attach", "c1"));
  }

  @Test
  void aCommandThatIsNotThereHasTheCodeThatShellsGiveIt() {
    c1.failure = new CofferException("Failed to exec \"nope\": No such file", List.of(), 127);
    assertEquals(
        new Seen(127, "", "lxc-attach: c1: Failed to exec \"nope\": No such file\n"),
        console.run("lxc-attach", "c1", "--", "nope"));
  }

  @Test
  void lxcAttachTakesOptionsBehindTheNameForItsOwn() {
    assertEquals(
        "lxc-attach: invalid option -- 'y'",
        console.run("lxc-attach", "c1", "ls", "-y").err().lines().findFirst().orElseThrow());
  }

  @Test
  void cofferExecLeavesThemToTheCommand() {
    assertEquals(Seen.printing(""), console.run("coffer", "exec", "c1", "-u", "5", "ls", "-y"));
    assertEquals(List.of("ls", "-y"), ((AttachOptions) c1.done.getLast()).command());
    assertEquals(OptionalLong.of(5), ((AttachOptions) c1.done.getLast()).uid());
    assertEquals(Seen.printing(""), console.run("coffer", "shell", "c1"));
    assertEquals(AttachOptions.of(), c1.done.getLast());
  }
}
