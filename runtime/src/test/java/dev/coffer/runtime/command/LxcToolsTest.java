package dev.coffer.runtime.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Debian's own tools on a process that passes for a container. */
@Timeout(60)
class LxcToolsTest {
  private static final String NAME = "coffer-t-lxc-" + ProcessHandle.current().pid();
  private static final long CLONE_NEWNS = 0x20000;
  private static final long CLONE_NEWUTS = 0x4000000;

  @TempDir Path temp;
  private CommandServer server;
  private FakeContainer container;

  private record Result(int code, String out) {}

  @BeforeEach
  void aContainer() throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/bin/lxc-info")), "needs Debian's package lxc");
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    server = new CommandServer();
    container =
        new FakeContainer(
            server, temp, NAME, CLONE_NEWNS | CLONE_NEWUTS, "unshare", "-mu", "sleep", "1000");
    container.enterCgroups();
  }

  @AfterEach
  void end() {
    if (container != null) {
      container.close();
      server.close();
    }
  }

  @Test
  void lxcInfoShowsStateAndProcess() throws Exception {
    assertEquals(new Result(0, "RUNNING\n"), lxc("lxc-info", "-s", "-H"));
    assertEquals(new Result(0, container.initPid() + "\n"), lxc("lxc-info", "-p", "-H"));
  }

  @Test
  void lxcInfoShowsFigures() throws Exception {
    Result result = lxc("lxc-info", "-S");
    assertEquals(0, result.code());
    assertTrue(result.out().contains("Memory use:"), result.out());
  }

  @Test
  void lxcLsListsIt() throws Exception {
    container.items.put("lxc.group", "onboot\n");
    Result result = run("lxc-ls", "-P", temp.toString(), "-f", "-F", "NAME,STATE,PID,GROUPS");
    assertEquals(0, result.code());
    assertTrue(
        result.out().matches("(?s)NAME +STATE +PID +GROUPS *\n" + NAME + " RUNNING \\d+ .*"),
        result.out());
  }

  @Test
  void lxcWaitWaits() throws Exception {
    assertEquals(0, lxc("lxc-wait", "-s", "RUNNING", "-t", "0").code());
    assertEquals(1, lxc("lxc-wait", "-s", "STOPPED", "-t", "1").code()); // LXC takes 0 as for ever
    Process waiting = start("lxc-wait", "-P", temp.toString(), "-n", NAME, "-s", "STOPPED");
    assertFalse(waiting.waitFor(200, TimeUnit.MILLISECONDS));
    container.end();
    assertEquals(0, waiting.waitFor());
  }

  @Test
  void lxcStopKills() throws Exception {
    assertEquals(0, lxc("lxc-stop", "-k").code());
    assertFalse(container.init().isAlive());
    assertTrue(container.heard.contains("stop"));
  }

  @Test
  void lxcFreezeAndUnfreezeTellWhatTheyDid() throws Exception {
    assertEquals(0, lxc("lxc-freeze").code());
    assertEquals(0, lxc("lxc-unfreeze").code());
    assertEquals(
        List.of("FREEZING", "FROZEN", "FROZEN", "THAWED", "THAWED", "RUNNING"), container.heard);
  }

  @Test
  void lxcAttachRunsACommand() throws Exception {
    Result result = lxc("lxc-attach", "--", "readlink", "/proc/self/ns/uts", "/proc/self/ns/mnt");
    String init = "/proc/" + container.initPid() + "/ns/";
    assertEquals(
        Files.readSymbolicLink(Path.of(init + "uts"))
            + "\n"
            + Files.readSymbolicLink(Path.of(init + "mnt"))
            + "\n",
        result.out());
    assertEquals(3, lxc("lxc-attach", "--", "sh", "-c", "exit 3").code());
  }

  @Test
  void lxcCgroupReadsAFile() throws Exception {
    Result result = lxc("lxc-cgroup", "pids.max");
    assertEquals(0, result.code(), result.out());
  }

  @Test
  void lxcConsoleConnects() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/script")), "needs script(1)");
    Process console =
        start("script", "-qec", "lxc-console -P " + temp + " -n " + NAME + " -t 1", "/dev/null");
    byte[] seen = new byte[4096];
    StringBuilder text = new StringBuilder();
    while (!text.toString().contains("welcome")) {
      int count = console.getInputStream().read(seen);
      assertTrue(count > 0, text.toString());
      text.append(new String(seen, 0, count));
    }
    console.getOutputStream().write(new byte[] {1, 'q'});
    console.getOutputStream().flush();
    assertEquals(0, console.waitFor(), text.toString());
    while (container.ttyTaken) {
      Thread.sleep(5);
    }
  }

  @Test
  void thePythonBindingSeesIt() throws Exception {
    assumeTrue(
        run("/usr/bin/python3", "-c", "import lxc").code() == 0,
        "needs Debian's package python3-lxc");
    String program =
        """
        import lxc
        c = lxc.Container("%s", "%s")
        print(c.state, c.init_pid, c.running, c.get_running_config_item("lxc.tty.max"))
        print(c.wait("RUNNING", 1), c.wait("STOPPED", 1))
        print(lxc.list_containers(config_path="%s", defined=False, active=True))
        print(c.stop(), c.state)
        """
            .formatted(NAME, temp, temp);
    container.items.put("lxc.tty.max", "7");
    assertEquals(
        new Result(
            0,
            """
            RUNNING %d True 7
            True False
            ('%s',)
            True STOPPED
            """
                .formatted(container.initPid(), NAME)),
        run("/usr/bin/python3", "-c", program));
  }

  private Result lxc(String tool, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(tool, "-P", temp.toString(), "-n", NAME));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private static Result run(String... command) throws IOException, InterruptedException {
    Process process = start(command);
    String out = new String(process.getInputStream().readAllBytes());
    return new Result(process.waitFor(), out);
  }

  private static Process start(String... command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
