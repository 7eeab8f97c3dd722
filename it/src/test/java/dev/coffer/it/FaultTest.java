package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * At every step of a start someone is killed: the engine, the keeper, init, or the client. After
 * that either the container runs properly or nothing of it is left, and the next start works.
 */
class FaultTest {
  private static final Pattern STEP = Pattern.compile(" *\\d+  (?:host|keeper|container) +(.*)");

  /** What a user reads of it. */
  private static final Map<String, String> REASONS =
      Map.of(
          "init", "the container's first process ended during the start: it was killed by signal 9",
          "keeper", "the keeper ended during the start",
          "launcher", "",
          "engine", "coffer: the engine ended unexpectedly; running containers go on");

  @RegisterExtension final Machine machine = new Machine();
  private final Set<String> seen = new HashSet<>();
  private Path pidFile;

  @Test
  void nothingIsLeftWhoeverIsKilledAtWhateverStep() throws IOException {
    pidFile = machine.home().resolve("pid");
    Containers containers = new Containers(machine);
    containers.define("plain");
    containers.define(
        "mapped",
        "lxc.idmap = u 0 200000 65536",
        "lxc.idmap = g 0 200000 65536",
        "lxc.prlimit.nofile = 1000",
        "lxc.sysctl.net.ipv4.ip_forward = 1",
        "lxc.no_new_privs = 1",
        "lxc.cgroup.pids.max = 100",
        "lxc.hook.pre-start = /bin/true",
        "lxc.hook.start-host = /bin/true",
        "lxc.hook.stop = /bin/true");
    List<String> wrong = new ArrayList<>();
    for (String name : List.of("plain", "mapped")) {
      List<String> steps = steps(name);
      assertTrue(steps.size() > 20, steps.toString());
      for (int i = 0; i <= steps.size(); i++) {
        boolean fresh = i == steps.size() || seen.add(kind(steps.get(i)));
        if (fresh || name.equals("plain") || i % 2 == 0) {
          kill(name, "init", i, wrong);
          kill(name, "keeper", i, wrong);
        }
        // an engine takes its time to come back: once for every kind of step
        if (fresh) {
          kill(name, "launcher", i, wrong);
          kill(name, "engine", i, wrong);
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
  }

  private List<String> steps(String name) {
    return machine.lxc("start", name, "--explain").ok().lines().stream()
        .map(STEP::matcher)
        .filter(Matcher::matches)
        .map(line -> line.group(1))
        .toList();
  }

  private String kind(String step) {
    String[] words =
        step.replaceFirst("  +from .*", "").replace(machine.home().toString(), "").split(" ");
    return words[0] + " " + words[1];
  }

  private void kill(String name, String party, int step, List<String> wrong) throws IOException {
    String where = name + ": " + party + "@" + step + ": ";
    Outcome start =
        machine
            .lxcCommand("start", name, "-d", "-p", pidFile.toString())
            .with("COFFER_FAULT", party + "@" + step)
            .run();
    String said = start.err().lines().findFirst().orElse("");
    if (start.exit() == 1 && !said.contains(REASONS.get(party))) {
      wrong.add(where + start);
    }
    String state = settled(name);
    if (!state.equals("RUNNING")) {
      nothingLeft(name, where + "exit code " + start.exit() + ", ", wrong);
      Outcome again = machine.lxc("start", name, "-d", "-p", pidFile.toString());
      if (again.exit() != 0) {
        wrong.add(where + "the next start: " + again);
      }
    }
    if (Files.notExists(pidFile)) {
      wrong.add(where + "no pid file");
    }
    Outcome stop = machine.lxc("stop", name, "-k");
    if (stop.exit() != 0) {
      wrong.add(where + stop);
    }
    nothingLeft(name, where + "after its stop, ", wrong);
    if (wrong.size() > 20) {
      fail(String.join("\n", wrong));
    }
  }

  /** One that is just ending comes to its end; a death may not have been heard of yet. */
  private String settled(String name) {
    String[] state = {""};
    Machine.await(
        "an end of the start of " + name,
        Duration.ofSeconds(10),
        () -> {
          state[0] = machine.state(name);
          return state[0].equals("STOPPED")
              || state[0].equals("RUNNING")
                  && machine.lxc("attach", name, "--", "/bin/true").exit() == 0;
        });
    return state[0];
  }

  /** A process that was killed a moment ago may still be there for another. */
  private void nothingLeft(String name, String where, List<String> wrong) throws IOException {
    List<String> left = List.of();
    for (int i = 0; i < 100; i++) {
      left = Running.traces(machine, machine.name(name));
      if (left.isEmpty() && Files.notExists(pidFile)) {
        return;
      }
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    wrong.add(where + "left: " + left + (Files.exists(pidFile) ? " and the pid file" : ""));
  }
}
