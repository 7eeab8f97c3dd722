package dev.coffer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.StartOptions;
import dev.coffer.StartOptions.Kind;
import dev.coffer.tools.Console.Seen;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExecuteToolTest {
  private final Console console = new Console();
  private final FakeContainer c1 = console.container("c1");

  @Test
  void theStatusOfTheCommandIsTheToolsOwn() {
    c1.status = 5;
    assertEquals(new Seen(5, "", ""), console.run("lxc-execute", "c1", "--", "sh", "-c", "exit 5"));
    assertEquals(
        List.of(
            StartOptions.DETACHED.withCommand(
                Kind.APPLICATION, true, List.of("sh", "-c", "exit 5"))),
        c1.done);
  }

  @Test
  void aDetachedCommandLeavesNoStatus() {
    c1.status = 5;
    assertEquals(Seen.printing(""), console.run("lxc-execute", "-d", "c1", "--", "sleep", "9"));
    assertEquals(
        List.of(StartOptions.DETACHED.withCommand(Kind.APPLICATION, false, List.of("sleep", "9"))),
        c1.done);
  }

  @Test
  void userAndGroupAreNumbers() {
    console.run("lxc-execute", "-u", "1000", "--gid=0x10", "c1", "true");
    StartOptions options = (StartOptions) c1.done.getFirst();
    assertEquals(1000, options.uid().orElseThrow());
    assertEquals(16, options.gid().orElseThrow());
    assertEquals(
        Seen.failing(
            "lxc-execute: -u root: not a numeric id\nlxc-execute: could not parse command line\n"),
        console.run("lxc-execute", "-u", "root", "c1", "true"));
  }

  @Test
  void withoutACommandTheConfiguredOneIsRun() {
    assertEquals(
        Seen.failing(
            """
            lxc-execute: c1: No command to execute
              hint  give one behind --, or set lxc.execute.cmd in the configuration
            """),
        console.run("lxc-execute", "c1"));
    c1.with("lxc.execute.cmd", "/bin/true");
    assertEquals(Seen.printing(""), console.run("lxc-execute", "c1"));
  }

  @Test
  void aContainerThatIsNotThereIsRefused() {
    assertEquals(
        Seen.failing(
            """
            lxc-execute: nope: Executing a container with no configuration file may crash the host
              hint  there is no /lxc/nope/config; "coffer list" shows what is there,\
             "coffer create nope" makes it
            """),
        console.run("lxc-execute", "nope", "true"));
    assertEquals(Seen.printing(""), console.run("lxc-execute", "-f", "cfg", "nope", "true"));
  }

  @Test
  void cofferRunLeavesTheCommandsOptionsToTheCommand() {
    assertEquals(Seen.printing(""), console.run("coffer", "execute", "c1", "ls", "-l", "--help"));
    assertEquals(List.of("ls", "-l", "--help"), ((StartOptions) c1.done.getFirst()).command());
    assertEquals(Seen.printing(""), console.run("coffer", "execute", "-n", "c1", "-d", "ls", "-l"));
    assertEquals(List.of("ls", "-l"), ((StartOptions) c1.done.getLast()).command());
  }
}
