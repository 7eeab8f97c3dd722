package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.uts.name, lxc.init.*, lxc.execute.cmd, lxc.environment, lxc.no_new_privs, lxc.arch. */
class InitKeysTest {
  @RegisterExtension final Machine machine = new Machine();

  @Test
  void theHostNameIsTheConfiguredOneAndTheHostKeepsItsOwn() {
    String before = machine.run("uname", "-n").ok().text();
    Box box = new Box(machine, "c1").config("lxc.uts.name = other").started("-d");
    assertEquals("other", box.inside("hostname"));
    assertEquals(before, machine.run("uname", "-n").ok().text());
  }

  @Test
  void theCommandOfInitTakesArgumentsWithBlanksInQuotes() {
    Box box = new Box(machine, "c1").config("lxc.init.cmd = /bin/sleep 1000").started("-d");
    assertEquals("/bin/sleep\0001000\0", box.ofInit("cmdline"));
    box.stop().ok();
    box.config("lxc.init.cmd = /bin/sh -c 'exec sleep 1001 2>\"/a b\"'").started("-d");
    Machine.await(
        "init executed its command",
        java.time.Duration.ofSeconds(5),
        () -> box.ofInit("cmdline").equals("sleep\0001001\0"));
    assertTrue(Files.exists(box.rootfs().resolve("a b")));
  }

  @Test
  void aCommandOfTheCallerTakesThePlaceOfInit() {
    Box box = new Box(machine, "c1").started("-d", "--", "sleep", "1002");
    assertEquals("sleep\0001002\0", box.ofInit("cmdline"));
  }

  @Test
  void initRunsInItsDirectoryWithItsIdsAndGroups() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.init.cmd = /bin/sleep 1000",
                "lxc.init.cwd = /tmp",
                "lxc.init.uid = 33",
                "lxc.init.gid = 44",
                "lxc.init.groups = 4,27",
                "lxc.init.groups = 100")
            .started("-d");
    assertEquals("33\t33\t33\t33", box.status("Uid"));
    assertEquals("44\t44\t44\t44", box.status("Gid"));
    assertEquals("4 27 100", box.status("Groups"));
    assertEquals("0000000000000000", box.status("CapEff"));
    assertEquals("/tmp", box.inside("readlink /proc/1/cwd"));
  }

  @Test
  void aWorkingDirectoryThatIsMissingLeavesInitAtTheRoot() {
    Box box = new Box(machine, "c1").config("lxc.init.cwd = /no/such").started("-d");
    assertEquals("/", box.inside("readlink /proc/1/cwd"));
  }

  @Test
  void aWorkingDirectoryCannotLeadOutThroughALinkOfTheImage() throws Exception {
    Box box = new Box(machine, "c1").config("lxc.init.cwd = /out");
    Files.createSymbolicLink(box.rootfs().resolve("out"), Path.of("/proc/self/fd/7/../../../.."));
    box.started("-d");
    assertEquals("/", box.inside("readlink /proc/1/cwd"));
  }

  @Test
  void initSeesItsEnvironmentAndNothingOfTheCallers() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.tty.max = 2",
                "lxc.environment = FOO=bar baz",
                "lxc.environment = EMPTY=",
                "lxc.environment = IMPORTED",
                "lxc.environment.runtime = ONLY_INIT=1",
                "lxc.environment.hooks = ONLY_HOOKS=1");
    machine
        .lxcCommand("start", "c1", "-d")
        .with("IMPORTED", "from outside")
        .with("SECRET", "x")
        .run()
        .ok();
    assertEquals(
        List.of(
            "container=lxc",
            "container_ttys=pts/0 pts/1",
            "FOO=bar baz",
            "EMPTY=",
            "IMPORTED=from outside",
            "ONLY_INIT=1"),
        List.of(box.ofInit("environ").split("\0")));
  }

  @Test
  void anImportedVariableThatIsMissingIsAnError() {
    Box box = new Box(machine, "c1").config("lxc.environment = NOT_THERE");
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(outcome.err().contains("NOT_THERE"), outcome.err());
    assertTrue(
        outcome.err().contains(box.configFile() + ":" + box.line("lxc.environment = NOT_THERE")),
        outcome.err());
  }

  @Test
  void noNewPrivilegesHoldsForInitAndForAttachedCommands() {
    Box box = new Box(machine, "c1").config("lxc.no_new_privs = 1").started("-d");
    assertEquals("1", box.status("NoNewPrivs"));
    assertEquals("NoNewPrivs:\t1", box.inside("grep NoNewPrivs /proc/self/status"));
  }

  @Test
  void anArchitectureOf32BitsShowsInUname() {
    Box box = new Box(machine, "c1").config("lxc.arch = i686").started("-d");
    assertEquals("i686", box.inside("uname -m"));
    assertEquals("00000008", box.ofInit("personality").strip());
  }

  @Test
  void initHasASessionKeyringOfItsOwnUnlessToldOtherwise() {
    Box box =
        new Box(machine, "c1")
            .config("lxc.init.cmd = /bin/sh -c 'cat /proc/keys > /keys; exec sleep 999'");
    box.started("-d");
    Machine.await(
        "keys", java.time.Duration.ofSeconds(5), () -> Files.exists(box.rootfs().resolve("keys")));
    assertEquals(true, Box.read(box.rootfs().resolve("keys")).contains("keyring   _ses"));
  }

  @Test
  void aCommandThatIsMissingIsNamedWithItsLine() {
    Box box = new Box(machine, "c1").config("lxc.init.cmd = /sbin/nothing here");
    box.refuses(
        "cannot execute /sbin/nothing here: No such file or directory (ENOENT)",
        "  step  " + box.steps() + " of " + box.steps() + "  execve, in the container",
        "  from  " + box.configFile() + ":6  lxc.init.cmd",
        "  hint  there is no /sbin/nothing in the container, or its interpreter is missing there");
  }
}
