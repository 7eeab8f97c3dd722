package dev.coffer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.StopOptions;
import dev.coffer.StopOptions.Action;
import dev.coffer.tools.Console.Seen;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopToolTest {
  private static final Duration MINUTE = Duration.ofSeconds(60);

  private final Console console = new Console();
  private final FakeContainer c1 = console.container("c1").running(7);

  private StopOptions options(String... arguments) {
    assertEquals(Seen.printing(""), console.run("lxc-stop", arguments));
    return (StopOptions) c1.done.getLast();
  }

  @Test
  void aStopIsAShutdownWithAMinuteAndThenAKill() {
    assertEquals(StopOptions.SHUTDOWN, options("c1"));
  }

  @Test
  void everyModeReachesTheApi() {
    assertEquals(StopOptions.KILL, options("-k", "c1"));
    assertEquals(StopOptions.KILL, options("-k", "--nolock", "c1"));
    assertEquals(new StopOptions(Action.REBOOT, MINUTE, true, false), options("-r", "c1"));
    assertEquals(
        new StopOptions(Action.SHUTDOWN, Duration.ofSeconds(5), true, false),
        options("-t", "5", "--nokill", "c1"));
    assertEquals(new StopOptions(Action.SHUTDOWN, Duration.ZERO, false, true), options("-W", "c1"));
    assertEquals(
        new StopOptions(Action.SHUTDOWN, Duration.ZERO, false, true), options("-t0", "c1"));
    assertEquals(
        new StopOptions(Action.REBOOT, Duration.ZERO, false, false), options("-rW", "-t9", "c1"));
    assertEquals(
        new StopOptions(Action.SHUTDOWN, Duration.ofDays(36_500), true, true),
        options("-t", "-1", "c1"));
  }

  @Test
  void aContainerThatDoesNotRunIsCodeTwo() {
    assertEquals(
        new Seen(2, "", "lxc-stop: nope: nope is not running\n"), console.run("lxc-stop", "nope"));
    assertEquals(List.of(), c1.done);
  }

  @Test
  void aStateThatIsNotReachedIsAFailure() {
    c1.reached = false;
    assertEquals(new Seen(1, "", ""), console.run("lxc-stop", "--nokill", "-t1", "c1"));
    assertEquals(new Seen(0, "", ""), console.run("lxc-stop", "-W", "c1"));
  }

  @Test
  void optionsThatContradictEachOtherAreRefused() {
    assertEquals(
        Seen.failing("lxc-stop: c1: -k can't be used with -r\n"),
        console.run("lxc-stop", "-r", "-k", "c1"));
    assertEquals(
        Seen.failing("lxc-stop: c1: -k doesn't allow timeouts\n"),
        console.run("lxc-stop", "-k", "-t", "3", "c1"));
    assertEquals(
        Seen.failing("lxc-stop: c1: -k can't be used with --nokill\n"),
        console.run("lxc-stop", "-k", "--nokill", "c1"));
    assertEquals(
        Seen.failing("lxc-stop: c1: --nolock may only be used with -k\n"),
        console.run("lxc-stop", "--nolock", "c1"));
    assertEquals(
        Seen.failing("lxc-stop: -t 5x: not a number\nlxc-stop: could not parse command line\n"),
        console.run("lxc-stop", "-t", "5x", "c1"));
  }
}
