package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.hook.*: order, arguments, variables, place, and what a failure means. */
class HookTest {
  private static final List<String> KINDS =
      List.of(
          "pre-start", "pre-mount", "mount", "autodev", "start-host", "start", "stop", "post-stop");

  @RegisterExtension final Machine machine = new Machine();

  /** What one run of the hook noted. */
  private record Note(String kind, List<String> arguments, Map<String, String> variables) {}

  /** A hook that notes how it was called; the container's start hook has a log inside. */
  private Path hook() throws Exception {
    Path hook = machine.home().resolve("hook.sh");
    Box.write(
        hook,
        """
        #!/bin/sh
        exec >> "$1" 2>&1
        kind=$2
        shift 2
        echo "begin $kind"
        for word; do echo "arg $word"; done
        echo "var cwd=$(pwd)"
        echo "var mnt=$(readlink /proc/self/ns/mnt)"
        echo "var pid=$(readlink /proc/self/ns/pid)"
        echo "var fds=$(echo $(ls /proc/self/fd))"
        if [ -n "$LXC_MNT_NS" ]; then
          for n in mnt pid uts ipc net cgroup; do
            v=LXC_$(echo $n | tr a-z A-Z)_NS
            eval "echo \\"var in_$n=\\$(readlink \\$$v)\\""
          done
        fi
        env | sed 's/^/var /'
        """);
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    return hook;
  }

  private String[] lines(Box box, int version) throws Exception {
    Path hook = hook();
    Path log = machine.home().resolve("log");
    List<String> lines = new ArrayList<>(List.of("lxc.hook.version = " + version));
    for (String kind : KINDS) {
      if (kind.equals("start")) {
        Files.copy(hook, box.rootfs().resolve("hook.sh"));
        lines.add("lxc.hook.start = /hook.sh /log start 'two words'");
      } else {
        lines.add("lxc.hook." + kind + " = " + hook + " " + log + " " + kind + " 'two words'");
      }
    }
    return lines.toArray(String[]::new);
  }

  private static List<Note> notes(Path log) {
    List<Note> notes = new ArrayList<>();
    for (String line : Files.exists(log) ? Box.read(log).lines().toList() : List.<String>of()) {
      String rest = line.substring(line.indexOf(' ') + 1);
      if (line.startsWith("begin ")) {
        notes.add(new Note(rest, new ArrayList<>(), new LinkedHashMap<>()));
      } else if (line.startsWith("arg ")) {
        notes.getLast().arguments().add(rest);
      } else if (line.startsWith("var ") && rest.contains("=")) {
        notes
            .getLast()
            .variables()
            .put(rest.substring(0, rest.indexOf('=')), rest.substring(rest.indexOf('=') + 1));
      }
    }
    return notes;
  }

  private Note note(String kind) {
    return notes(machine.home().resolve("log")).stream()
        .filter(note -> note.kind().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private void stopped() {
    Machine.await(
        "stopped", java.time.Duration.ofSeconds(5), () -> machine.state("c1").equals("STOPPED"));
  }

  @Test
  void hooksRunInOrderEachInItsPlace() throws Exception {
    Box box = new Box(machine, "c1");
    box.config(lines(box, 0)).started("-d");
    String initMounts =
        Files.readSymbolicLink(Path.of("/proc", box.initPid(), "ns/mnt")).toString();
    String initPids = Files.readSymbolicLink(Path.of("/proc", box.initPid(), "ns/pid")).toString();
    String hostMounts = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")).toString();
    box.stop().ok();
    stopped();
    List<String> order = notes(machine.home().resolve("log")).stream().map(Note::kind).toList();
    assertEquals(
        List.of("pre-start", "pre-mount", "mount", "autodev", "start-host", "stop", "post-stop"),
        order);
    assertEquals(1, notes(box.rootfs().resolve("log")).size(), "the start hook runs inside");
    for (String kind : List.of("pre-start", "start-host", "stop", "post-stop")) {
      assertEquals(hostMounts, note(kind).variables().get("mnt"), kind);
      assertEquals("/", note(kind).variables().get("cwd"), kind);
      assertEquals("0 1 2 3", note(kind).variables().get("fds"), kind);
    }
    for (String kind : List.of("pre-mount", "mount", "autodev")) {
      assertEquals(initMounts, note(kind).variables().get("mnt"), kind);
      assertEquals("/", note(kind).variables().get("cwd"), kind);
    }
    Note start = notes(box.rootfs().resolve("log")).getFirst();
    assertEquals(initMounts, start.variables().getOrDefault("mnt", initMounts));
    assertEquals("/", start.variables().get("cwd"));
    assertTrue(initPids.startsWith("pid:"));
  }

  @Test
  void hooksOfVersionZeroAreToldByArguments() throws Exception {
    Box box = new Box(machine, "c1");
    box.config(lines(box, 0)).started("-d");
    String pid = box.initPid();
    box.stop().ok();
    stopped();
    for (String kind : List.of("pre-start", "pre-mount", "mount", "autodev", "start-host")) {
      assertEquals(List.of("two words", box.fullName(), "lxc", kind), note(kind).arguments(), kind);
    }
    List<String> stop = note("stop").arguments();
    assertEquals(List.of("two words", box.fullName(), "lxc", "stop"), stop.subList(0, 4));
    assertEquals(
        List.of("mnt", "pid", "uts", "ipc", "net", "cgroup"),
        stop.subList(4, stop.size()).stream().map(word -> word.split(":")[0]).toList());
    assertTrue(stop.get(4).matches("mnt:/proc/[0-9]+/fd/[0-9]+"), stop.get(4));
    assertEquals(
        List.of("two words", box.fullName(), "lxc", "post-stop"), note("post-stop").arguments());
    assertEquals(
        List.of("two words", box.fullName(), "lxc", "start"),
        notes(box.rootfs().resolve("log")).getFirst().arguments());
    assertEquals(pid, note("stop").variables().get("LXC_PID"));
    assertEquals(null, note("stop").variables().get("LXC_HOOK_TYPE"));
  }

  @Test
  void hooksOfVersionOneAreToldByVariables() throws Exception {
    Box box = new Box(machine, "c1");
    box.config(lines(box, 1)).started("-d");
    box.stop().ok();
    stopped();
    for (String kind : KINDS) {
      Note note = kind.equals("start") ? notes(box.rootfs().resolve("log")).getFirst() : note(kind);
      assertEquals(List.of("two words"), note.arguments(), kind);
      assertEquals(kind, note.variables().get("LXC_HOOK_TYPE"));
      assertEquals("lxc", note.variables().get("LXC_HOOK_SECTION"));
      assertEquals("1", note.variables().get("LXC_HOOK_VERSION"));
    }
  }

  @Test
  void everyHookFindsWhatItNeedsToKnow() throws Exception {
    Box box = new Box(machine, "c1");
    List<String> lines = new ArrayList<>(List.of(lines(box, 0)));
    lines.add("lxc.environment.hooks = FOR_HOOKS=1");
    lines.add("lxc.environment.runtime = FOR_INIT=1");
    lines.add("lxc.console.logfile = " + machine.home().resolve("console"));
    lines.add("lxc.log.level = debug");
    box.config(lines.toArray(String[]::new));
    machine.lxcCommand("start", "c1", "-d").with("FROM_CALLER", "yes").run().ok();
    String pid = box.initPid();
    List<String> own = new ArrayList<>();
    for (String name : new String[] {"mnt", "pid", "uts", "ipc", "net", "cgroup"}) {
      own.add(Files.readSymbolicLink(Path.of("/proc", pid, "ns", name)).toString());
    }
    box.stop().ok();
    stopped();
    for (String kind : KINDS) {
      Note note = kind.equals("start") ? notes(box.rootfs().resolve("log")).getFirst() : note(kind);
      Map<String, String> variables = note.variables();
      assertEquals(box.fullName(), variables.get("LXC_NAME"), kind);
      assertEquals(box.configFile().toString(), variables.get("LXC_CONFIG_FILE"), kind);
      assertEquals(box.rootfs().toString(), variables.get("LXC_ROOTFS_PATH"), kind);
      assertFalse(variables.getOrDefault("LXC_ROOTFS_MOUNT", "").isEmpty(), kind);
      assertEquals("1", variables.get("LXC_CGNS_AWARE"), kind);
      assertEquals("DEBUG", variables.get("LXC_LOG_LEVEL"), kind);
      assertEquals("0", variables.get("LXC_HOOK_VERSION"), kind);
      assertEquals(
          machine.home().resolve("console").toString(), variables.get("LXC_CONSOLE_LOGPATH"), kind);
      assertEquals("1", variables.get("FOR_HOOKS"), kind);
      assertEquals(null, variables.get("FOR_INIT"), kind);
    }
    for (String kind : List.of("pre-start", "mount", "start-host")) {
      assertEquals("yes", note(kind).variables().get("FROM_CALLER"), kind);
    }
    assertEquals(null, note("pre-start").variables().get("LXC_PID"));
    for (String kind : List.of("start-host", "stop", "post-stop")) {
      assertEquals(pid, note(kind).variables().get("LXC_PID"), kind);
    }
    for (String kind : List.of("stop", "post-stop")) {
      Map<String, String> variables = note(kind).variables();
      assertEquals("stop", variables.get("LXC_TARGET"), kind);
      List<String> seen = new ArrayList<>();
      for (String name : new String[] {"mnt", "pid", "uts", "ipc", "net", "cgroup"}) {
        seen.add(variables.get("in_" + name));
      }
      assertEquals(own, seen, kind);
      assertFalse(variables.containsKey("LXC_USER_NS"), kind);
    }
  }

  @Test
  void severalHooksOfOneKindRunInTheirOrder() {
    Path log = machine.home().resolve("log");
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.hook.pre-start = sh -c 'echo one >> " + log + "'",
                "lxc.hook.pre-start = sh -c 'echo two >> " + log + "'")
            .started("-d");
    assertEquals("one\ntwo\n", Box.read(log));
    assertEquals("RUNNING", machine.state("c1"), box.fullName());
  }

  @Test
  void aHookThatFailsEndsTheStartAndIsQuoted() throws Exception {
    Box box = new Box(machine, "c1");
    for (String kind :
        new String[] {"pre-start", "pre-mount", "mount", "autodev", "start-host", "start"}) {
      box.config("lxc.hook." + kind + " = sh -c 'echo it is broken; exit 7'");
      Outcome outcome = box.start("-d").exits(1);
      assertTrue(
          outcome
              .err()
              .startsWith("lxc-start: " + box.fullName() + ": cannot run " + kind + " hook "),
          outcome.err());
      assertTrue(outcome.err().contains("said  it is broken"), outcome.err());
      assertTrue(
          outcome.err().contains("from  " + box.configFile() + ":6  lxc.hook." + kind),
          outcome.err());
      assertEquals("STOPPED", machine.state("c1"), kind);
    }
    box.config().started("-d");
  }

  @Test
  void aHookThatIsMissingIsNamed() {
    Box box = new Box(machine, "c1").config("lxc.hook.pre-start = /no/such/hook");
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(outcome.err().contains("/no/such/hook"), outcome.err());
  }

  @Test
  void aHookAtTheEndThatFailsDoesNotKeepTheContainerFromEnding() {
    Box box = new Box(machine, "c1").config("lxc.hook.stop = false", "lxc.hook.post-stop = false");
    box.started("-d").stop().ok();
    stopped();
  }

  @Test
  void hooksOfAMappedContainerRunAsItsRoot() {
    Path log = Box.directory(machine.home().resolve("logs"));
    machine.run("chmod", "777", log.toString()).ok();
    Box box =
        new Box(machine, "c1")
            .mapped(
                "lxc.hook.mount = sh -c 'id -u > " + log + "/mount'",
                "lxc.hook.pre-start = sh -c 'id -u > " + log + "/pre-start'",
                "lxc.hook.stop = sh -c 'readlink $LXC_USER_NS > " + log + "/stop'")
            .shifted()
            .started("-d");
    assertEquals("0\n", Box.read(log.resolve("mount")));
    assertEquals("0\n", Box.read(log.resolve("pre-start")));
    box.stop().ok();
    stopped();
    assertTrue(Box.read(log.resolve("stop")).startsWith("user:["));
  }

  @Test
  void aMountHookCanMountBelowTheRoot() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.hook.mount = sh -c 'mount -t tmpfs hooked $LXC_ROOTFS_MOUNT/tmp'",
                "lxc.hook.autodev = sh -c 'mknod -m 666 $LXC_ROOTFS_MOUNT/dev/extra c 1 3'")
            .started("-d");
    assertEquals("hooked", box.mount("/tmp").source());
    box.inside("echo x > /dev/extra");
    assertFalse(Box.read(Path.of("/proc/self/mountinfo")).contains("- tmpfs hooked "));
  }

  @Test
  void whatAHookMountsStaysWithTheContainerWhereTheKeeperHasMountsOfItsOwn() {
    java.nio.file.Path place = Box.directory(machine.home().resolve("place"));
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.monitor.unshare = 1",
                "lxc.hook.pre-start = sh -c 'mount -t tmpfs hooked "
                    + place
                    + " && touch "
                    + place
                    + "/file'",
                "lxc.mount.entry = " + place + " srv none bind,create=dir 0 0")
            .started("-d");
    box.inside("test -e /srv/file");
    assertFalse(Box.read(Path.of("/proc/self/mountinfo")).contains("hooked"));
    box.stop().ok();
  }

  @Test
  void aHookThatHangsIsShownAndCanBeGivenUp() {
    Box box = new Box(machine, "c1").config("lxc.hook.mount = sh -c 'exec sleep 65.4321'");
    Command.Running starting =
        machine
            .command(
                "script",
                "-qec",
                "lxc-start -P " + machine.lxcpath() + " -n " + box.fullName(),
                "/dev/null")
            .start();
    String told = "waiting for the hook lxc.hook.mount sh -c";
    Machine.await(
        "told", java.time.Duration.ofSeconds(15), () -> starting.printed().contains(told));
    assertTrue(starting.printed().contains("; Ctrl+C gives the start up"), starting.printed());
    String info = machine.lxc("info", "c1").ok().out();
    assertTrue(info.contains("State:          STARTING\nHook:           lxc.hook.mount sh"), info);
    ProcessHandle client =
        starting
            .process()
            .descendants()
            .filter(process ->
                Box.read(Path.of("/proc", String.valueOf(process.pid()), "cmdline"))
                    .startsWith("lxc-start\0"))
            .findFirst()
            .orElseThrow();
    // SIGINT would do as well, but is ignored where the tests run in the background
    machine.run("kill", "-TERM", String.valueOf(client.pid())).ok();
    starting.await(java.time.Duration.ofSeconds(10));
    Machine.await(
        "given up", java.time.Duration.ofSeconds(10), () -> machine.state("c1").equals("STOPPED"));
    Machine.await(
        "the hook is gone",
        java.time.Duration.ofSeconds(5),
        () -> machine.run("pgrep", "-f", "sleep 65.4321").exit() != 0);
    box.config().started("-d");
  }
}
