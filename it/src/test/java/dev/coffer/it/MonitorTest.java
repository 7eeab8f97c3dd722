package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc-monitor and coffer events, beside Debian's lxc-monitor and lxc-monitord. */
class MonitorTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @RegisterExtension final Machine machine = new Machine();

  /** A program that prints what happens into a file, until the test has ended. */
  private final class Watch implements AutoCloseable {
    private final Command.Running running;

    private Watch(String... command) throws Exception {
      List<String> argv = new ArrayList<>(List.of(command));
      argv.addAll(List.of("-P", machine.lxcpath().toString()));
      running = machine.command(argv).start();
      Machine.await(
          "lxc-monitord", LIMIT, () -> Box.read(Path.of("/proc/net/unix")).contains(socket()));
      Thread.sleep(500); // its connection follows
    }

    private String socket() {
      return "/" + machine.lxcpath() + "\n";
    }

    private void awaits(String... lines) {
      String text = String.join("\n", lines) + "\n";
      Machine.await(text, LIMIT, () -> text().length() >= text.length());
      assertEquals(text, text());
    }

    private String text() {
      return running.printed();
    }

    @Override
    public void close() {
      running.process().destroy();
      running.process().onExit().join();
    }
  }

  private String[] life(int status) {
    String name = machine.name("c1");
    return new String[] {
      "'" + name + "' changed state to [STARTING]",
      "'" + name + "' changed state to [RUNNING]",
      "'" + name + "' exited with status [" + status + "]",
      "'" + name + "' changed state to [STOPPING]",
      "'" + name + "' changed state to [STOPPED]"
    };
  }

  @Test
  void aLifeIsToldAsLxcsOwnMonitorTellsIt() throws Exception {
    Box box = new Box(machine, "c1");
    try (Watch watch = new Watch(machine.tool("lxc-monitor").toString())) {
      box.execute("sh", "-c", "exit 3").exits(3);
      watch.awaits(life(3));
    }
  }

  @Test
  void debiansMonitorHearsOfCoffersContainers() throws Exception {
    Lxc.assumeInstalled();
    Box box = new Box(machine, "c1");
    try (Watch watch = new Watch("/usr/bin/lxc-monitor")) {
      box.execute("sh", "-c", "exit 3").exits(3);
      watch.awaits(life(3));
    }
    machine.run("/usr/bin/lxc-monitor", "-P", machine.lxcpath() + "", "-Q").ok();
  }

  @Test
  void bothHearOfContainersOfBoth() throws Exception {
    Lxc.assumeInstalled();
    Box box = new Box(machine, "c1");
    try (Watch ours = new Watch(machine.tool("lxc-monitor").toString());
        Watch theirs = new Watch("/usr/bin/lxc-monitor")) {
      new Lxc(machine).run("execute", "c1", "--", "sh", "-c", "exit 5").exits(5);
      ours.awaits(life(5));
      theirs.awaits(life(5));
      box.start("-d").ok();
      box.stop().ok();
      Machine.await("the second life", LIMIT, () -> theirs.text().lines().count() == 10);
      Machine.await("the second life", LIMIT, () -> ours.text().lines().count() == 10);
      assertEquals(theirs.text(), ours.text());
    }
  }

  @Test
  void freezingAndRebootingAreTold() throws Exception {
    Box box = new Box(machine, "c1").started("-d");
    String before = box.initPid();
    try (Watch watch =
        new Watch(machine.tool("coffer").toString(), "events", machine.name("c.*"))) {
      machine.lxc("freeze", "c1").ok();
      machine.lxc("unfreeze", "c1").ok();
      machine.lxc("stop", "c1", "-r").ok();
      box.awaitAnotherInit(before);
      Machine.await("RUNNING again", LIMIT, () -> watch.text().lines().count() >= 9);
      List<String> states =
          watch
              .text()
              .lines()
              .map(line -> line.replaceAll(".*\"(state|code)\": \"?([A-Z0-9]+).*", "$2"))
              .toList();
      assertEquals(
          List.of(
              "FREEZING",
              "FROZEN",
              "THAWED",
              "RUNNING",
              "0",
              "STOPPING",
              "STOPPED",
              "STARTING",
              "RUNNING"),
          states);
      assertTrue(watch.text().startsWith("{\"time\": \"2"), watch.text());
    }
  }

  @Test
  void quitEndsIt() throws Exception {
    try (Watch _ = new Watch(machine.tool("lxc-monitor").toString(), "-n", "x")) {
      assertTrue(Files.exists(fifo()));
      assertEquals(
          "rw-------",
          java.nio.file.attribute.PosixFilePermissions.toString(
              Files.getPosixFilePermissions(fifo())));
    }
    machine.run("lxc-monitor", "-P", machine.lxcpath() + "", "-Q").ok();
    Machine.await("the end of lxc-monitord", LIMIT, () -> !Files.exists(fifo()));
  }

  private Path fifo() {
    return Path.of("/run/lxc" + machine.lxcpath(), "monitor-fifo");
  }
}
