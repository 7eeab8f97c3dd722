package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * At every step of a start each party to it is killed: the engine, the keeper, init, and the
 * client. After that either the container runs properly or nothing of it is left, and the next
 * start works. Several engines take their share of the cases side by side.
 */
class FaultTest {
  private static final Pattern STEP = Pattern.compile(" *\\d+  (?:host|keeper|container) +.*");
  private static final int ENGINES = 3;
  private static final int ENOUGH = 20;

  /** What a user reads of it. */
  private static final Map<String, String> REASONS =
      Map.of(
          "init", "the container's first process ended during the start: it was killed by signal 9",
          "keeper", "the keeper ended during the start",
          "launcher", "",
          "engine", "coffer: the engine ended unexpectedly; running containers go on");

  @RegisterExtension final Machine machine = new Machine();
  private final Collection<String> wrong = new ConcurrentLinkedQueue<>();

  /** Who is killed at which step; one behind the last is when the container runs already. */
  private record Fault(String party, int step) {
    /** Keeper and init cannot be killed before they exist; the others always are there. */
    boolean mayEndWith(int exit) {
      return switch (party) {
        case "engine" -> exit == 1;
        case "launcher" -> exit == 137;
        default -> exit == 0 || exit == 1;
      };
    }

    @Override
    public String toString() {
      return party + "@" + step;
    }
  }

  @Test
  void nothingIsLeftWhoeverIsKilledAtWhateverStepOfAPlainStart() throws Exception {
    killAtEveryStep(List.of());
  }

  @Test
  void nothingIsLeftWhoeverIsKilledAtWhateverStepOfAMappedStart() throws Exception {
    killAtEveryStep(
        List.of(
            "lxc.idmap = u 0 200000 65536",
            "lxc.idmap = g 0 200000 65536",
            "lxc.prlimit.nofile = 1000",
            "lxc.sysctl.net.ipv4.ip_forward = 1",
            "lxc.no_new_privs = 1",
            "lxc.cgroup.pids.max = 100",
            "lxc.hook.pre-start = /bin/true",
            "lxc.hook.start-host = /bin/true",
            "lxc.hook.stop = /bin/true"));
  }

  private void killAtEveryStep(List<String> config) throws Exception {
    Containers containers = new Containers(machine);
    List<Side> sides = new ArrayList<>();
    for (int i = 0; i < ENGINES; i++) {
      sides.add(new Side(containers.define("c" + i, config.toArray(String[]::new))));
    }
    int steps = steps("c0");
    assertTrue(steps > 20, steps + " steps");
    Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    for (int step = 0; step <= steps; step++) {
      for (String party : REASONS.keySet()) {
        faults.add(new Fault(party, step));
      }
    }
    runAll(sides.stream().map(side -> side.taking(faults)).toList());
    assertEquals("", String.join("\n", wrong));
  }

  private int steps(String name) {
    return (int)
        machine.lxc("start", name, "--explain").ok().lines().stream()
            .map(STEP::matcher)
            .filter(Matcher::matches)
            .count();
  }

  private static void runAll(List<Callable<Void>> tasks) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<Void> end : threads.invokeAll(tasks)) {
        end.get();
      }
    }
  }

  /** One container with an engine of its own. */
  private final class Side {
    private final String name;
    private final Path run;
    private final Path pidFile;

    Side(String name) throws IOException {
      this.name = name;
      run =
          Files.createDirectory(
              machine.home().resolve("run-" + name),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      pidFile = machine.home().resolve("pid-" + name);
    }

    Callable<Void> taking(Queue<Fault> faults) {
      return () -> {
        for (Fault fault; (fault = faults.poll()) != null && wrong.size() < ENOUGH; ) {
          check(fault);
        }
        here(machine.command("coffer", "engine", "stop"));
        return null;
      };
    }

    private Outcome here(Command command) {
      return command.with("COFFER_RUN", run.toString()).run();
    }

    private Outcome lxc(String tool, String... arguments) {
      return here(machine.lxcCommand(tool, name, arguments));
    }

    private Command start() {
      return machine.lxcCommand("start", name, "-d", "-p", pidFile.toString());
    }

    private void check(Fault fault) throws IOException {
      Outcome start = here(start().with("COFFER_FAULT", fault.toString()));
      String said = start.err().lines().findFirst().orElse("");
      if (!fault.mayEndWith(start.exit())
          || start.exit() == 1 && !said.contains(REASONS.get(fault.party()))) {
        wrong.add(fault + ": " + start);
      }
      if (!settled(fault).equals("RUNNING")) {
        nothingLeft(fault + ": exit code " + start.exit() + ", ");
        Outcome again = here(start());
        if (again.exit() != 0) {
          wrong.add(fault + ": the next start: " + again);
        }
      }
      if (Files.notExists(pidFile)) {
        wrong.add(fault + ": no pid file");
      }
      Outcome stop = lxc("stop", "-k");
      if (stop.exit() != 0) {
        wrong.add(fault + ": " + stop);
      }
      nothingLeft(fault + ": after its stop, ");
    }

    /** One that is just ending comes to its end; a death may not have been heard of yet. */
    private String settled(Fault fault) {
      String[] state = {""};
      Machine.await(
          "an end of the start of " + name + " after " + fault,
          Duration.ofSeconds(20),
          () -> {
            state[0] = lxc("info", "-s", "-H").ok().text();
            return state[0].equals("STOPPED")
                || state[0].equals("RUNNING") && lxc("attach", "--", "/bin/true").exit() == 0;
          });
      return state[0];
    }

    /** A process that was killed a moment ago may still be there for another. */
    private void nothingLeft(String where) throws IOException {
      List<String> left = List.of();
      for (int i = 0; i < 200; i++) {
        left = Running.traces(run, machine.name(name));
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
}
