package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** coffer.restart, the end of a life as it is remembered, and reboots from inside. */
class RestartTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension final Machine machine = new Machine();

  /** Each life writes a line; the end is the script's. */
  private Box box(String end, String... lines) {
    Box box = new Box(machine, "c1");
    Box.write(box.rootfs().resolve("init.sh"), "echo life >> /lives\n" + end + "\n");
    var all = new java.util.ArrayList<>(java.util.List.of(lines));
    all.add("lxc.init.cmd = /bin/sh /init.sh");
    return box.config(all.toArray(String[]::new));
  }

  private static long lives(Box box) {
    Path file = box.rootfs().resolve("lives");
    return Files.exists(file) ? Box.read(file).lines().count() : 0;
  }

  private void awaitStopped() {
    machine.lxc("wait", "c1", "-s", "STOPPED", "-t", "30").ok();
  }

  private void endsWith(String pattern) {
    Outcome info = machine.lxc("info", "c1").ok();
    assertTrue(info.text().matches("(?s).*Last end: +" + pattern + ".*"), info.toString());
  }

  @Test
  void afterAFailureItLivesAgainUntilItSucceeds() {
    Box box = box("test $(wc -l < /lives) -ge 3", "coffer.restart = on-failure").started("-d");
    Machine.await("three lives", SOON, () -> lives(box) == 3);
    awaitStopped();
    assertEquals(3, lives(box));
    endsWith("exited with 0, [-0-9]+ [:0-9]+, after 2 restarts");
  }

  @Test
  void theRowHasALimit() {
    Box box = box("exit 7", "coffer.restart = always", "coffer.restart.limit = 2").started("-d");
    awaitStopped();
    Machine.await("three lives", SOON, () -> lives(box) == 3);
    awaitStopped();
    assertEquals(3, lives(box));
    endsWith("exited with 7, .*, after 2 restarts");
  }

  @Test
  void whoStopsItIsNotContradicted() {
    Box box =
        box("trap 'exit 3' USR1; while :; do sleep 0.1; done", "coffer.restart = always")
            .started("-d");
    machine.lxc("stop", "c1", "-t", "10").ok();
    assertEquals("STOPPED", machine.state("c1"));
    assertEquals(1, lives(box));
    box.started("-d");
    box.stop().ok();
    assertEquals("STOPPED", machine.state("c1"));
    assertEquals(2, lives(box));
    endsWith("was killed by signal 9");
  }

  @Test
  void aStopDuringThePauseIsTheEnd() {
    Box box = box("exit 1", "coffer.restart = always").started("-d");
    Machine.await("four lives", SOON, () -> lives(box) == 5);
    machine.lxc("stop", "c1", "-k").ok();
    assertEquals("STOPPED", machine.state("c1"));
    assertTrue(lives(box) <= 6, lives(box) + " lives");
  }

  @Test
  void aHaltFromInsideIsTheEnd() {
    Box box = new Box(machine, "c1").config("coffer.restart = always").started("-d");
    box.inside("halt");
    awaitStopped();
    endsWith("halted, ");
    String json =
        machine
            .run(
                "coffer",
                "info",
                "-P",
                machine.lxcpath().toString(),
                box.fullName(),
                "--format",
                "json")
            .ok()
            .out();
    assertTrue(json.contains("\"halted\": true") && json.contains("\"signal\": 2"), json);
  }

  @Test
  void noEngineNeedsToBeThere() {
    Box box =
        box("while [ ! -e /go ]; do sleep 0.1; done; rm /go; exit 1", "coffer.restart = on-failure")
            .started("-d");
    machine.killEngine();
    Box.write(box.rootfs().resolve("go"), "");
    Machine.await("another life", SOON, () -> lives(box) == 2);
    Machine.await("it runs", SOON, () -> machine.state("c1").equals("RUNNING"));
    machine.killEngine();
    box.stop().ok();
    assertEquals("STOPPED", machine.state("c1"));
    assertEquals(2, lives(box));
  }

  @Test
  void anEngineThatIsKilledInThePauseIsFollowedByOneThatGoesOn() {
    Box box =
        box(
                "exit 1",
                "coffer.restart = on-failure",
                "lxc.hook.post-stop = sh -c 'echo end >> " + machine.home().resolve("ends") + "'")
            .started("-d");
    Machine.await("some lives", SOON, () -> lives(box) == 5);
    machine.killEngine();
    Machine.await("another life", SOON, () -> lives(box) >= 6);
    machine.lxc("stop", "c1", "-k").ok();
    long ends = Box.read(machine.home().resolve("ends")).lines().count();
    // hooks of the end run once more only when the engine died before it had noted that they ran
    assertTrue(
        ends == lives(box) || ends == lives(box) + 1, ends + " ends, " + lives(box) + " lives");
  }

  @Test
  void aRebootIsNoRestart() {
    Box box = new Box(machine, "c1").started("-d");
    String first = box.initPid();
    box.tryInside("reboot");
    box.awaitAnotherInit(first);
    String second = box.initPid();
    machine.lxc("stop", "c1", "-r").ok();
    assertEquals("RUNNING", machine.state("c1"));
    assertTrue(!box.initPid().equals(second));
    box.stop().ok();
    endsWith("was killed by signal 9, [-0-9]+ [:0-9]+\n?$");
  }
}
