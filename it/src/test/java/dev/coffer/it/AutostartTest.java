package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc-autostart, beside Debian's. */
class AutostartTest {
  private static final List<String> SELECTIONS =
      List.of("", "-a", "-A", "-g web", "-g web,db", "-g db,", "-a -A", "-g db -A", "-r", "-r -a");

  @RegisterExtension final Machine machine = new Machine();

  private Box box(String name, String... lines) {
    return new Box(machine, name).config(lines);
  }

  private Outcome ours(String arguments) {
    return run("lxc-autostart", arguments);
  }

  private Outcome run(String program, String arguments) {
    List<String> argv = new ArrayList<>(List.of(program, "-P", machine.lxcpath().toString()));
    if (!arguments.isEmpty()) {
      argv.addAll(List.of(arguments.split(" ")));
    }
    return machine.run(argv.toArray(String[]::new));
  }

  private String running() {
    return machine
        .run("lxc-ls", "-P", machine.lxcpath().toString(), "-1", "--running")
        .ok()
        .text()
        .replace(machine.name(""), "")
        .replace('\n', ' ');
  }

  @Test
  void theSameContainersInTheSameOrderAsLxcsOwn() {
    Lxc.assumeInstalled();
    box("a", "lxc.start.auto = 1", "lxc.start.order = 5");
    box("b", "lxc.start.auto = 1", "lxc.start.delay = 3");
    box("c", "lxc.start.auto = 1", "lxc.group = web", "lxc.start.order = -1");
    box("d", "lxc.start.auto = 1", "lxc.group = web db");
    box("e", "lxc.group = db");
    box("f");
    for (String selection : SELECTIONS) {
      String arguments = ("-L " + selection).strip();
      Outcome theirs = run("/usr/bin/lxc-autostart", arguments);
      assertEquals(theirs.out(), ours(arguments).exits(theirs.exit()).out(), arguments);
    }
    ours("-A -a").ok();
    for (String selection : List.of("-s -a", "-k -a -A", "-s -g web,db", "-r -a")) {
      String arguments = "-L " + selection;
      assertEquals(
          run("/usr/bin/lxc-autostart", arguments).ok().out(),
          ours(arguments).ok().out(),
          arguments);
    }
    run("/usr/bin/lxc-autostart", "-k -a -A").ok();
    assertEquals("", running());
  }

  @Test
  void theyAreStartedRestartedAndStopped() {
    Box a = box("a", "lxc.start.auto = 1");
    box("b", "lxc.start.auto = 1", "lxc.group = onboot");
    box("c");
    ours("").ok();
    assertEquals("a", running());
    ours("-g onboot").ok();
    assertEquals("a b", running());
    String before = a.initPid();
    ours("-r").ok();
    a.awaitAnotherInit(before);
    ours("-s -a -t 5").ok();
    assertEquals("", running());
  }

  @Test
  void nothingToDoAndFailuresAreInTheExitCode() {
    ours("").exits(1);
    Box good = box("a", "lxc.start.auto = 1");
    box("b", "lxc.start.auto = 1", "lxc.mount.entry = /nonexistent mnt none bind 0 0");
    Outcome outcome = ours("").exits(2);
    assertTrue(
        outcome.err().contains("Error starting container: " + machine.name("b")), outcome.err());
    assertTrue(outcome.err().contains("/nonexistent does not exist"), outcome.err());
    assertEquals("a", running());
    good.stop().ok();
  }

  @Test
  void whatIsNeededIsReadyBefore() throws Exception {
    Path order = Files.createDirectory(machine.home().resolve("order"));
    String note = "lxc.hook.pre-start = /bin/sh -c \"date +%s%N >" + order;
    box(
        "app",
        "lxc.start.auto = 1",
        "lxc.start.order = -9",
        "coffer.start.needs = " + machine.name("db"),
        note + "/app\"");
    box(
        "db",
        note + "/db\"",
        "lxc.hook.start-host = /bin/sh -c \"sleep 1 && date +%s%N >" + order + "/ready &\"",
        "lxc.mount.entry = " + order + " order none bind,create=dir 0 0",
        "coffer.start.ready = test -e /order/ready");
    box("other", "lxc.start.auto = 1");
    ours("--parallel").ok();
    assertEquals("app db other", running());
    assertTrue(time(order, "db") < time(order, "ready"));
    assertTrue(time(order, "ready") < time(order, "app"));
    ours("-k -A --parallel=4").ok();
    assertEquals("", running());
  }

  private static long time(Path order, String file) throws Exception {
    return Long.parseLong(Files.readString(order.resolve(file)).strip());
  }

  @Test
  void oneThatIsNeverReadyKeepsBackWhoNeedsIt() {
    box("app", "lxc.start.auto = 1", "coffer.start.needs = " + machine.name("db"));
    Box db = box("db", "coffer.start.ready = false", "coffer.start.ready.timeout = 1");
    Outcome outcome = ours("").exits(1);
    assertTrue(outcome.err().contains("it was not ready after 1 seconds"), outcome.err());
    assertTrue(
        outcome.err().contains("it needs " + machine.name("db") + ", which did not start"),
        outcome.err());
    db.stop().ok();
  }

  @Test
  void aCircleIsToldBeforeAnythingStarts() {
    box("a", "lxc.start.auto = 1", "coffer.start.needs = " + machine.name("b"));
    box("b", "coffer.start.needs = " + machine.name("a"));
    Outcome outcome = ours("").exits(1);
    assertTrue(outcome.err().contains("need each other in a circle"), outcome.err());
    assertEquals("", running());
  }

  @Test
  void twentySideBySide() {
    for (int i = 0; i < 20; i++) {
      box("p" + i, "lxc.start.auto = 1");
    }
    ours("--parallel").ok();
    assertEquals(20, running().split(" ").length);
    ours("-k --parallel").ok();
    assertEquals("", running());
  }
}
