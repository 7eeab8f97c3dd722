package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Frame;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The life of the engine, as its users see it. */
class EngineTest {
  @RegisterExtension final Machine machine = new Machine();

  @Test
  void anIdleEngineLeavesAndContainersGoOn() {
    new Containers(machine).define("c1");
    machine.run("coffer", "engine", "stop").ok();
    start("COFFER_IDLE", "1");
    String init = machine.lxc("info", "c1", "-pH").ok().text();
    Path socket = file(".sock");
    Machine.await("it left", Duration.ofSeconds(45), () -> Files.notExists(socket));
    assertEquals(init, machine.lxc("info", "c1", "-pH").ok().text());
  }

  private void start(String name, String value) {
    machine.lxcCommand("start", "c1", "-d").with(name, value).run().ok();
  }

  @Test
  void anEngineThatIsStoppedOrTerminatedLeavesContainersRunning() {
    new Containers(machine).define("c1");
    machine.lxc("start", "c1", "-d").ok();
    String init = machine.lxc("info", "c1", "-pH").ok().text();
    long first = machine.engine();
    machine.run("coffer", "engine", "stop").ok();
    long second = machine.engine();
    assertNotEquals(first, second);
    assertEquals(init, machine.lxc("info", "c1", "-pH").ok().text());
    ProcessHandle process = ProcessHandle.of(second).orElseThrow();
    process.destroy();
    Machine.await("its end", Duration.ofSeconds(10), () -> !process.isAlive());
    assertEquals(init, machine.lxc("info", "c1", "-pH").ok().text());
    assertEquals("RUNNING", machine.state("c1"));
  }

  @Test
  void anEngineThatIsStoppedSaysWhichForegroundStartItWaitsFor() {
    new Containers(machine).define("c1");
    Command.Running foreground = machine.lxcCommand("start", "c1", "-F", "--pass-status").start();
    Machine.await("it runs", Duration.ofSeconds(10), () -> machine.state("c1").equals("RUNNING"));
    ProcessHandle engine = ProcessHandle.of(machine.engine()).orElseThrow();
    machine
        .run("coffer", "engine", "stop")
        .prints(
            "The engine ends when these commands have ended:\n  "
                + foreground.process().pid()
                + "  "
                + String.join(" ", foreground.argv())
                + "\n");
    assertEquals("RUNNING", machine.state("c1"));
    assertTrue(engine.isAlive());
    machine.lxc("stop", "c1", "-k").ok();
    assertEquals(137, foreground.await(Duration.ofSeconds(10)).exit());
    Machine.await("its end", Duration.ofSeconds(10), () -> !engine.isAlive());
  }

  @Test
  void aForegroundStartOutlivesAnEngineThatIsTerminated() {
    new Containers(machine).define("c1");
    Command.Running foreground = machine.lxcCommand("start", "c1", "-F", "--pass-status").start();
    Machine.await("it runs", Duration.ofSeconds(10), () -> machine.state("c1").equals("RUNNING"));
    ProcessHandle engine = ProcessHandle.of(machine.engine()).orElseThrow();
    engine.destroy();
    Machine.await("its end", Duration.ofSeconds(10), () -> !engine.isAlive());
    assertTrue(foreground.process().isAlive());
    assertEquals("RUNNING", machine.state("c1"));
    machine.lxc("stop", "c1", "-k").ok();
    assertEquals(137, foreground.await(Duration.ofSeconds(10)).exit());
  }

  @Test
  void aCallWithAnEngineOfItsOwnLeavesContainersRunning() {
    new Containers(machine).define("c1");
    machine.lxc("start", "c1", "-d").ok();
    for (int i = 0; i < 3; i++) {
      Outcome own =
          machine
              .run(
                  "lxc-info",
                  "--in-process",
                  "-P",
                  machine.lxcpath().toString(),
                  "-n",
                  machine.name("c1"),
                  "-sH")
              .ok();
      assertEquals("RUNNING", own.text());
      assertEquals("RUNNING", machine.state("c1"));
    }
    machine.lxc("stop", "c1", "-k").ok();
    assertEquals("STOPPED", machine.state("c1"));
  }

  @Test
  void onlyItsUserReachesTheEngine() throws IOException {
    machine.engine();
    assertEquals("rw-------", mode(file(".sock")));
    assertEquals("rwx------", mode(machine.engineFolder()));
    Files.setPosixFilePermissions(
        machine.engineFolder(), PosixFilePermissions.fromString("rwxr-xr-x"));
    machine
        .run("coffer", "engine", "status")
        .exits(1)
        .complains(
            "coffer: not a directory that only you can enter (owner, mode 0700): "
                + machine.engineFolder()
                + "\n");
    Files.setPosixFilePermissions(
        machine.engineFolder(), PosixFilePermissions.fromString("rwx------"));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void callersWhoSeeAnotherWorldGetAnEngineOfTheirOwn() {
    long here = machine.engine();
    for (String world : List.of("-m", "-n")) {
      String there =
          machine
              .run(
                  "unshare",
                  world,
                  "sh",
                  "-c",
                  "coffer engine status --format json; coffer engine stop")
              .ok()
              .out();
      assertNotEquals(here, pid(there));
    }
    assertEquals(here, machine.engine());
  }

  private static long pid(String status) {
    return Long.parseLong(status.replaceFirst("(?s).*\"pid\": ?(\\d+).*", "$1"));
  }

  @Test
  void aNewlyInstalledVersionTakesOver() throws IOException, InterruptedException {
    Path prefix = machine.home().resolve("installed");
    Process copy =
        new ProcessBuilder(
                "cp",
                "-a",
                machine.tool("coffer").getParent().getParent().toString(),
                prefix.toString())
            .start();
    assertEquals(0, copy.waitFor());
    String coffer = prefix.resolve("bin/coffer").toString();
    String[] status = {coffer, "engine", "status", "--format", "json"};
    long first = pid(machine.run(status).ok().out());
    Thread.sleep(600);
    assertEquals(first, pid(machine.run(status).ok().out()));
    Path launcher = prefix.resolve("bin/coffer");
    Path fresh = prefix.resolve("bin/coffer.new");
    Files.copy(launcher, fresh, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    Files.move(fresh, launcher, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Thread.sleep(600);
    assertNotEquals(first, pid(machine.run(status).ok().out()));
    machine.run(coffer, "engine", "stop").ok();
  }

  @Test
  void aClientThatGoesAwayDoesNoHarm() {
    new Containers(machine).define("c1");
    long engine = machine.engine();
    for (int i = 0; i < 30; i++) {
      Command.Running client = machine.lxcCommand("start", "c1", "-d").start();
      sleep(i % 10);
      client.process().destroyForcibly();
      // what it had asked for may begin only now
      Machine.await("settled", Duration.ofSeconds(10), this::runsOrNot);
      machine.lxc("stop", "c1", "-k");
    }
    for (int i = 0; i < 10; i++) {
      Command.Running client = machine.lxcCommand("wait", "c1", "-s", "RUNNING").start();
      sleep(10);
      client.process().destroyForcibly();
    }
    assertEquals(engine, machine.engine());
    machine.lxc("start", "c1", "-d").ok();
    machine.lxc("attach", "c1", "--", "/bin/true").ok();
  }

  private boolean runsOrNot() {
    return List.of("RUNNING", "STOPPED").contains(machine.state("c1"));
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void garbageOnTheSocketsOfEngineAndKeeperDoesNoHarm() throws IOException {
    new Containers(machine).define("c1");
    machine.lxc("start", "c1", "-d").ok();
    String init = machine.lxc("info", "c1", "-pH").ok().text();
    long engine = machine.engine();
    Random random = new Random(42);
    int rounds = Integer.getInteger("coffer.fuzz", 2000);
    for (int i = 0; i < rounds; i++) {
      babble(file(".sock"), random, new int[] {1, 2, 16, 17, 18, random.nextInt()});
    }
    assertEquals(engine, machine.engine());
    Path keeper;
    try (var notes = Files.list(machine.engineFolder().resolve("c"))) {
      keeper = notes.findFirst().orElseThrow().resolve("keeper");
    }
    for (int i = 0; i < rounds / 4; i++) {
      babble(keeper, random, new int[] {32, 34, 35, 48, random.nextInt()});
    }
    assertEquals("RUNNING", machine.state("c1"));
    assertEquals(init, machine.lxc("info", "c1", "-pH").ok().text());
    machine.lxc("attach", "c1", "--", "/bin/true").ok();
    machine.lxc("stop", "c1", "-k").ok();
    assertEquals("STOPPED", machine.state("c1"));
  }

  private static void babble(Path path, Random random, int[] kinds) {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    try (UnixSocket socket = UnixSocket.connect(path);
        Fd extra = HostFiles.open(Path.of("/dev/null"), OpenFlags.READ_ONLY, 0)) {
      switch (random.nextInt(3)) {
        case 0 -> socket.send(bytes);
        case 1 -> Frame.of(kinds[random.nextInt(kinds.length)], bytes).write(socket);
        default ->
            new Frame(kinds[random.nextInt(kinds.length)], bytes, List.of(extra, extra))
                .write(socket);
      }
    } catch (KernelException e) {
      // it was hung up on before all was said
      assertTrue(
          e.getMessage().contains("EPIPE") || e.getMessage().contains("ECONNRESET"),
          e.getMessage());
    }
  }

  private Path file(String suffix) {
    try (var files = Files.list(machine.engineFolder())) {
      return files.filter(file -> file.toString().endsWith(suffix)).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFlightRecordingHasEveryStepOfAStart() throws IOException {
    Box box = new Box(machine, "c1");
    machine.run("coffer", "version").ok();
    String engine = Long.toString(machine.engine());
    Path jdk = Path.of(System.getProperty("java.home"), "bin");
    Path file = machine.home().resolve("start.jfr");
    machine.run(jdk.resolve("jcmd").toString(), engine, "JFR.start", "name=coffer").ok();
    box.started("-d");
    machine
        .run(jdk.resolve("jcmd").toString(), engine, "JFR.stop", "name=coffer", "filename=" + file)
        .ok();
    String events =
        machine
            .command(
                jdk.resolve("jfr").toString(), "print", "--events", "dev.coffer.Step", "" + file)
            .run()
            .ok()
            .out();
    assertTrue(events.contains("what = \"create cgroup "), events);
    assertTrue(events.contains("place = \"container\""), events);
    assertTrue(events.contains("origin = \"built-in default  lxc.init.cmd\""), events);
  }
}
