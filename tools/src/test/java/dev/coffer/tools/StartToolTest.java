package dev.coffer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.StartOptions;
import dev.coffer.StartOptions.Kind;
import dev.coffer.model.CofferException;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.Step;
import dev.coffer.tools.Console.Seen;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StartToolTest {
  private final Console console = new Console();
  private final FakeContainer c1 = console.container("c1");

  private static final String PAYLOAD = "/sys/fs/cgroup/lxc.payload.c1";
  private static final Step CGROUP =
      new HostStep.CreateCgroup(PAYLOAD, false, Origin.builtIn("lxc.cgroup.dir"));
  private static final Step LIMIT =
      new HostStep.SetCgroupValue(
          PAYLOAD,
          "memory.max",
          "1G",
          Origin.of(Path.of("/lxc/c1/config"), 3, "lxc.cgroup2.memory.max"));

  @Test
  void aStartIsSilentAndDetached() {
    assertEquals(Seen.printing(""), console.run("lxc-start", "c1"));
    assertEquals(List.of(StartOptions.DETACHED), c1.done);
  }

  @Test
  void theLauncherIsStartedAheadAsTheStartWillWantIt() {
    console.run("lxc-start", "c1");
    console.run("lxc-start", "-F", "c1");
    console.run("lxc-start", "-F", "-d", "c1");
    console.run("lxc-execute", "c1", "--", "true");
    console.run("lxc-attach", "c1");
    assertEquals(
        List.of("detached", "foreground", "detached", "foreground", "foreground"),
        console.launches);
  }

  @Test
  void nothingIsStartedAheadForAnExplanationOrAMistake() {
    console.run("lxc-start", "--explain", "c1");
    console.run("lxc-start", "--no-such-option", "c1");
    console.run("lxc-start");
    console.run("lxc-ls");
    assertEquals(List.of(), console.launches);
  }

  @Test
  void everyOptionReachesTheApi() {
    assertEquals(
        Seen.printing(""),
        console.run(
            "lxc-start",
            "-F",
            "-n",
            "c1",
            "-f",
            "rc",
            "-s",
            "lxc.uts.name=x",
            "-slxc.tty.max=1",
            "-p",
            "/run/c1.pid",
            "-c",
            "/dev/tty9",
            "-Llog",
            "-C",
            "--share-net=other",
            "--share-pid",
            "77",
            "--",
            "/bin/sh",
            "-c",
            "true"));
    assertEquals(
        List.of(
            new StartOptions(
                Kind.SYSTEM,
                true,
                List.of("/bin/sh", "-c", "true"),
                Optional.of(Path.of("/home/user/rc")),
                List.of("lxc.uts.name=x", "lxc.tty.max=1"),
                Optional.of(Path.of("/run/c1.pid")),
                Optional.of("/dev/tty9"),
                Optional.of(Path.of("/home/user/log")),
                Map.of(Namespace.NET, "other", Namespace.PID, "77"),
                OptionalLong.empty(),
                OptionalLong.empty())),
        c1.done);
  }

  @Test
  void theLastOfForegroundAndDaemonCounts() {
    console.run("lxc-start", "-F", "-d", "c1");
    console.run("lxc-start", "-d", "-F", "c1");
    assertEquals(
        List.of(false, true),
        c1.done.stream().map(done -> ((StartOptions) done).foreground()).toList());
  }

  @Test
  void theStatusOfAForegroundStartIsPassedOnWhenAskedFor() {
    c1.status = 3;
    assertEquals(Seen.printing(""), console.run("lxc-start", "-F", "c1"));
    assertEquals(new Seen(3, "", ""), console.run("lxc-start", "-F", "--pass-status", "c1"));
  }

  @Test
  void aRunningContainerIsLeftAloneAndThatIsNoFailure() {
    c1.running(5);
    assertEquals(
        new Seen(0, "", "lxc-start: c1: Container is already running\n"),
        console.run("lxc-start", "c1"));
    assertEquals(Seen.printing(""), console.run("lxc-start", "-q", "c1"));
    assertEquals(List.of(), c1.done);
  }

  @Test
  void aContainerThatIsNotThereIsRefusedWithAHint() {
    assertEquals(
        Seen.failing(
            """
            lxc-start: nope: No container config specified
              hint  there is no /lxc/nope/config; "coffer list" shows what is there,\
             "coffer create nope" makes it
            """),
        console.run("lxc-start", "nope"));
  }

  @Test
  void aFailedStartTellsTheReasonAndThenThatItFailed() {
    c1.failure =
        new CofferException(
            "cannot bind-mount \"/srv/data\" on \"mnt/data\": Permission denied (EACCES)",
            List.of(
                "step  14 of 37  bind-mount, in the container",
                "from  /lxc/c1/config:23  lxc.mount.entry"));
    String reason =
        """
        : c1: cannot bind-mount "/srv/data" on "mnt/data": Permission denied (EACCES)
          step  14 of 37  bind-mount, in the container
          from  /lxc/c1/config:23  lxc.mount.entry
        """;
    assertEquals(
        Seen.failing("lxc-start" + reason + "lxc-start: c1: The container failed to start\n"),
        console.run("lxc-start", "c1"));
    assertEquals(Seen.failing("coffer start" + reason), console.run("coffer", "start", "c1"));
  }

  @Test
  void anOverrideNeedsAKeyAndAValue() {
    assertEquals(
        Seen.failing(
            """
            lxc-start: -s bad: expected KEY=VAL
            lxc-start: could not parse command line
            """),
        console.run("lxc-start", "-s", "bad", "c1"));
  }

  @Test
  void explainPrintsAPlanAndStartsNothing() {
    c1.plan = new Plan("start c1", List.of(CGROUP, LIMIT));
    Seen seen =
        Seen.printing(
            """
            start c1: 2 steps; nothing has been done

            1  host  create cgroup /sys/fs/cgroup/lxc.payload.c1           from built-in default\
              lxc.cgroup.dir
            2  host  set memory.max = 1G in /sys/fs/cgroup/lxc.payload.c1  from\
             /lxc/c1/config:3  lxc.cgroup2.memory.max
            """);
    assertEquals(seen, console.run("lxc-start", "--explain", "c1"));
    assertEquals(List.of(StartOptions.DETACHED), c1.done);
  }

  @Test
  void cofferExplainNamesEachReasonOnce() {
    c1.plan = new Plan("start c1", List.of(CGROUP, LIMIT, LIMIT));
    assertEquals(
        Seen.printing(
            """
            start c1: 3 steps; nothing has been done

            host
            ├─ built-in default  lxc.cgroup.dir
            │  1  create cgroup /sys/fs/cgroup/lxc.payload.c1
            └─ /lxc/c1/config:3  lxc.cgroup2.memory.max
               2  set memory.max = 1G in /sys/fs/cgroup/lxc.payload.c1
               3  set memory.max = 1G in /sys/fs/cgroup/lxc.payload.c1
            """),
        console.run("coffer", "explain", "c1"));
  }

  @Test
  void explainComparesWithAnotherConfiguration() {
    c1.plan = new Plan("start c1", List.of(CGROUP));
    c1.planWithFile = new Plan("start c1", List.of(CGROUP, LIMIT));
    assertEquals(
        Seen.printing(
            """
            0 steps would be gone (-) and 1 would come (+) with other.conf

            + host       set memory.max = 1G in /sys/fs/cgroup/lxc.payload.c1  from\
             /lxc/c1/config:3  lxc.cgroup2.memory.max
            """),
        console.run("coffer", "explain", "c1", "--diff", "other.conf"));
    c1.planWithFile = c1.plan;
    assertEquals(
        Seen.printing("no step would be different with other.conf\n"),
        console.run("coffer", "explain", "c1", "--diff", "other.conf"));
  }

  @Test
  void explainPrintsJsonToo() {
    c1.plan = new Plan("start c1", List.of(LIMIT));
    assertEquals(
        Seen.printing(
            """
            {
              "name": "c1",
              "title": "start c1",
              "steps": [
                {
                  "number": 1,
                  "place": "host",
                  "kind": "SetCgroupValue",
                  "what": "set memory.max = 1G in /sys/fs/cgroup/lxc.payload.c1",
                  "from": {
                    "source": "/lxc/c1/config",
                    "line": 3,
                    "key": "lxc.cgroup2.memory.max"
                  }
                }
              ]
            }
            """),
        console.run("coffer", "explain", "c1", "--format", "json"));
  }

  @Test
  void anUnknownFormatIsRefused() {
    assertEquals(
        Seen.failing("coffer explain: --format xml: must be text or json\n"),
        console.run("coffer", "explain", "c1", "--format", "xml"));
  }
}
