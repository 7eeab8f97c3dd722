package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The options of lxc-attach. */
class AttachTest {
  @RegisterExtension final Machine machine = new Machine();

  private Box started() {
    return new Box(machine, "c1").config("lxc.init.cmd = /bin/sleep 999").started("-d");
  }

  private Outcome onTerminal(Box box, String arguments) {
    return machine
        .command(
            "script",
            "-qec",
            "lxc-attach -P " + machine.lxcpath() + " -n " + box.fullName() + " " + arguments,
            "/dev/null")
        .run();
  }

  @Test
  void theCommandsCodeIsTheToolsCode() {
    Box box = started();
    box.attach("--", "true").exits(0);
    box.attach("--", "sh", "-c", "exit 42").exits(42);
    box.attach("--", "sh", "-c", "kill -9 $$").exits(137);
    box.attach("--", "sh", "-c", "kill -15 $$").exits(143);
    box.attach("--", "/no/such/command")
        .exits(127)
        .complains(
            "lxc-attach: "
                + box.fullName()
                + ": Failed to exec \"/no/such/command\": No such file or directory (ENOENT)\n");
    box.attach("--", "nosuchcommand").exits(127);
    box.attach("--", "/etc/passwd").exits(126);
  }

  @Test
  void theInputAndBothOutputsAreTheCallers() {
    Outcome outcome =
        machine
            .lxcCommand(
                "attach", started() == null ? "" : "c1", "--", "sh", "-c", "cat; echo err >&2")
            .input("some text\n")
            .run()
            .ok();
    outcome.prints("some text\n").complains("err\n");
  }

  @Test
  void theEnvironmentIsKeptUnlessItIsToBeCleared() {
    Box box =
        new Box(machine, "c1")
            .config("lxc.init.cmd = /bin/sleep 999", "lxc.environment = OF_CONFIG=1")
            .started("-d");
    Command kept =
        machine.lxcCommand("attach", "c1", "-v", "GIVEN=2", "--", "env").with("OF_CALLER", "3");
    Set<String> variables = kept.run().ok().lines().stream().collect(Collectors.toSet());
    assertTrue(variables.contains("OF_CALLER=3"));
    assertTrue(variables.contains("OF_CONFIG=1"));
    assertTrue(variables.contains("GIVEN=2"));
    assertTrue(variables.contains("container=lxc"));
    Set<String> cleared =
        machine
            .lxcCommand(
                "attach", "c1", "--clear-env", "--keep-var", "KEPT", "-v", "GIVEN=2", "--", "env")
            .with("OF_CALLER", "3")
            .with("KEPT", "4")
            .run()
            .ok()
            .lines()
            .stream()
            .filter(line -> !line.matches("(SHLVL|PWD|_)=.*"))
            .collect(Collectors.toSet());
    assertEquals(
        Set.of(
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "container=lxc",
            "OF_CONFIG=1",
            "GIVEN=2",
            "KEPT=4"),
        cleared);
    assertEquals("RUNNING", machine.state("c1"), box.fullName());
  }

  @Test
  void idsAreTakenAndTheCallersGroupsAreNot() {
    Box box = started();
    assertEquals(
        "33 44",
        box.attach("-u", "33", "-g", "44", "--", "sh", "-c", "echo $(id -u) $(id -g)").ok().text());
    assertEquals(
        "Groups:",
        box.attach("-u", "33", "-g", "44", "--", "grep", "Groups", "/proc/self/status")
            .ok()
            .text());
    assertEquals(
        "0000000000000000",
        box.attach("-u", "33", "--", "sh", "-c", "grep CapEff /proc/self/status | cut -f2")
            .ok()
            .text());
  }

  @Test
  void onlyTheWantedNamespacesAreJoined() throws Exception {
    Box box = started();
    String host = machine.run("readlink", "/proc/self/ns/mnt").ok().text();
    String net = machine.run("readlink", "/proc/" + box.initPid() + "/ns/net").ok().text();
    assertEquals(
        host + "\n" + net,
        box.attach("-s", "NETWORK", "--", "readlink", "/proc/self/ns/mnt", "/proc/self/ns/net")
            .ok()
            .text());
    assertEquals(box.fullName(), box.attach("-s", "UTSNAME|MOUNT", "--", "hostname").ok().text());
  }

  @Test
  void procAndSysCanBeMountedAnew() {
    Box box = started();
    assertEquals(
        "1",
        box.attach("-R", "-s", "PID|MOUNT", "--", "sh", "-c", "cat /proc/1/stat | cut -d' ' -f1")
            .ok()
            .text());
    assertTrue(box.mount("/proc/sys").has("ro"), "the container's own stay as they are");
  }

  @Test
  void theArchitectureCanBeChosen() {
    Box box = started();
    assertEquals("i686", box.attach("-a", "i686", "--", "uname", "-m").ok().text());
  }

  @Test
  void aTerminalOfTheContainersIsThereWhenTheCallerHasOne() {
    Box box = started();
    Outcome outcome =
        onTerminal(box, "-- sh -c 'tty; test -t 0 -a -t 1 -a -t 2 && echo all; exit 5'");
    outcome.exits(5);
    assertTrue(outcome.out().contains("/dev/pts/1"), outcome.out());
    assertTrue(outcome.out().contains("all"), outcome.out());
    assertTrue(
        onTerminal(box, "-- sh -c 'echo hi > /dev/tty'").ok().out().contains("hi"),
        "it controls the session");
  }

  @Test
  void aTerminalOfAMappedContainerBelongsToItsUser() {
    Box box =
        new Box(machine, "c1").mapped("lxc.init.cmd = /bin/sleep 999").shifted().started("-d");
    Outcome outcome = onTerminal(box, "-- sh -c 'stat -c %u $(tty); echo x > $(tty)'");
    outcome.exits(0);
    assertTrue(outcome.lines().getFirst().endsWith("0"), outcome.out());
  }

  @Test
  void theTerminalsOutputCanBeLogged() {
    Box box = started();
    Path log = machine.home().resolve("log");
    onTerminal(box, "-L " + log + " -- echo noted").ok();
    assertTrue(Box.read(log).contains("noted"));
  }

  @Test
  void withoutACommandTheUsersShellIsRun() {
    new Box(machine, "c1").started("-d");
    Outcome outcome =
        machine.lxcCommand("attach", "c1").input("echo $0 in $(hostname)\nexit 3\n").run().exits(3);
    assertTrue(outcome.out().contains("sh in " + machine.name("c1")), outcome.out());
  }

  @Test
  void commandsAreInTheContainersCgroupsUnlessElevated() {
    Box box = started();
    assertEquals("pids:/", box.inside("grep :pids: /proc/self/cgroup | cut -d: -f2-"));
    String host =
        machine.run("sh", "-c", "grep :pids: /proc/self/cgroup | cut -d: -f3").ok().text();
    String elevated =
        box.attach(
                "--elevated-privileges=CGROUP",
                "--",
                "sh",
                "-c",
                "grep :pids: /proc/self/cgroup | cut -d: -f3")
            .ok()
            .text();
    assertFalse(elevated.equals("/"), host + " seen as " + elevated);
  }

  @Test
  void aStoppedContainerCannotBeEntered() {
    Box box = new Box(machine, "c1");
    assertTrue(box.attach("--", "true").exits(1).err().contains(box.fullName()));
  }

  @Test
  void noDescriptorLeaksIn() {
    Box box = started();
    Outcome outcome =
        machine
            .command(
                "bash",
                "-c",
                "exec 7</etc/hostname 8>/dev/null; lxc-attach -P "
                    + machine.lxcpath()
                    + " -n "
                    + box.fullName()
                    + " -- /bin/sh -c '"
                    + Box.OPEN_DESCRIPTORS
                    + "'")
            .run()
            .ok();
    assertEquals("0 1 2", outcome.text());
  }

  @Test
  void theWorkingDirectoryIsTheCallersWhereItExists() {
    Box box = started();
    Command command = machine.lxcCommand("attach", "c1", "--", "pwd").in(Path.of("/etc"));
    assertEquals("/etc", command.run().ok().text());
    assertEquals(
        "/", machine.lxcCommand("attach", "c1", "--", "pwd").in(machine.home()).run().ok().text());
    assertEquals("RUNNING", machine.state("c1"), box.fullName());
  }
}
