package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers of ordinary users: their whole life, by Coffer's tools and by LXC's own. */
@Everywhere
class UserTest {
  @RegisterExtension final Machine machine = new Machine();

  private String name(Person person) {
    return machine.name("c");
  }

  @Test
  void aContainerLivesItsWholeLifeWithoutRoot() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    person.says("lxc-create -n " + c + " -t busybox").ok().complains("");
    Path directory = person.home().resolve(".local/share/lxc/" + c);
    assertEquals(Person.FIRST_ID, Files.getAttribute(directory.resolve("rootfs"), "unix:uid"));
    assertEquals(
        Person.FIRST_ID, Files.getAttribute(directory.resolve("rootfs/etc/passwd"), "unix:gid"));
    assertEquals(
        Integer.parseInt(person.uid()),
        Files.getAttribute(directory.resolve("config"), "unix:uid"));
    person.says("lxc-start -n " + c).ok().complains("");
    person.says("lxc-info -n " + c + " -s -H").ok().prints("RUNNING\n");
    person.says("lxc-ls --running").ok().prints(c + "\n");
    person
        .says("lxc-attach -n " + c + " -- sh -c 'id -u; cat /proc/self/uid_map'")
        .ok()
        .prints("0\n         0     " + Person.FIRST_ID + "      65536\n");
    person.says("lxc-attach -n " + c + " -u 7 -g 8 -- sh -c 'id -u; id -g'").ok().prints("7\n8\n");
    String pid = person.says("lxc-info -n " + c + " -p -H").ok().text();
    assertTrue(Box.read(Path.of("/proc", pid, "status")).contains("Uid:\t" + Person.FIRST_ID));
    person.says("lxc-stop -n " + c).ok().complains("");
    person.says("lxc-start -n " + c + " && lxc-stop -k -n " + c).ok().complains("");
    person.says("lxc-destroy -n " + c).ok().complains("");
    assertFalse(Files.exists(directory));
  }

  @Test
  void lxcsOwnToolsOperateIt() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/lxc-info")), "needs LXC's own tools");
    Person person = new Person(machine);
    String c = name(person);
    person.says("lxc-create -n " + c + " -t busybox && lxc-start -n " + c).ok();
    person.says("/usr/bin/lxc-info -n " + c + " -s -H").ok().prints("RUNNING\n");
    assertTrue(
        person.says("/usr/bin/lxc-ls -f").ok().out().matches("(?s).*" + c + " RUNNING .* true.*"));
    person.says("/usr/bin/lxc-attach -n " + c + " -- id -u").ok().prints("0\n");
    person.says("/usr/bin/lxc-stop -n " + c).ok();
    person.says("lxc-info -n " + c + " -s -H").ok().prints("STOPPED\n");
    person.says("lxc-destroy -n " + c).ok();
  }

  @Test
  void theEngineMayDieAndAnotherFindsTheContainer() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    person.says("lxc-create -n " + c + " -t busybox && lxc-start -n " + c).ok();
    person.says("kill -9 $(coffer engine status | sed -n 's/^PID: *//p')").ok();
    person.says("lxc-attach -n " + c + " -- echo here").ok().prints("here\n");
    person.says("lxc-stop -n " + c + " && lxc-destroy -n " + c).ok().complains("");
  }

  @Test
  void itRebootsFromInside() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    person.says("lxc-create -n " + c + " -t busybox && lxc-start -n " + c).ok();
    String first = person.says("lxc-info -n " + c + " -p -H").ok().text();
    person.says("lxc-stop -r -n " + c).ok();
    String second = person.says("lxc-info -n " + c + " -p -H").ok().text();
    assertFalse(second.isEmpty() || second.equals(first), first + " " + second);
    person.says("lxc-stop -k -n " + c + " && lxc-destroy -n " + c).ok();
  }

  @Test
  void aTerminalInsideIsTheContainers() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    person.says("lxc-create -n " + c + " -t busybox && lxc-start -n " + c).ok();
    String said =
        person
            .says(
                "script -qec \"lxc-attach -n "
                    + c
                    + " -- sh -c 'stat -c %u:%g \\$(tty); echo seen > \\$(tty)'\" /dev/null")
            .ok()
            .out();
    // script(1) may pass the end of its input on as a NUL, which the terminal echoes
    String seen = said.replaceAll("\\^@\\x08*", "");
    assertTrue(seen.contains("0:5\r\nseen"), said);
    person.says("lxc-stop -k -n " + c + " && lxc-destroy -n " + c).ok();
  }

  @Test
  void commandsRunInContainersOfTheirOwn() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    person.write(
        "own.conf",
        "lxc.idmap = u 0 " + person.uid() + " 1",
        "lxc.idmap = g 0 " + person.uid() + " 1");
    String execute = "lxc-execute -n " + c + " -f ";
    person
        .says(execute + ".config/lxc/default.conf -- sh -c 'id -u; exit 7'")
        .exits(7)
        .prints("0\n");
    person
        .says(execute + "own.conf -- sh -c 'id -u; cat /proc/self/setgroups'")
        .ok()
        .prints("0\ndeny\n");
    person.says(execute + ".config/lxc/default.conf -d -- sleep 300").ok();
    person.says("lxc-attach -n " + c + " -- cat /proc/2/comm").ok().prints("sleep\n");
    person.says("lxc-stop -k -n " + c).ok();
  }

  @Test
  void aMapWithoutRootNeedsAUserForInit() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    person.write(
        "five.conf",
        "lxc.idmap = u 5 " + person.uid() + " 1",
        "lxc.idmap = g 5 " + person.uid() + " 1");
    String execute = "lxc-execute -n " + c + " -f five.conf ";
    person
        .says(execute + "-- id -u")
        .exits(1)
        .complains(
            "lxc-execute: "
                + c
                + ": the first process would be user 0, which lxc.idmap does not map\n  from  "
                + person.home()
                + "/five.conf:1  lxc.idmap\n"
                + "  hint  map it: lxc.idmap = u 0 …; or name a mapped one: lxc.init.uid\n");
    person.says(execute + "-s lxc.init.uid=5 -s lxc.init.gid=5 -- id -u").ok().prints("5\n");
  }

  @Test
  void severalRangesAreMapped() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    person.write(
        "three.conf",
        "lxc.idmap = u 0 " + Person.FIRST_ID + " 1000",
        "lxc.idmap = u 1000 " + person.uid() + " 1",
        "lxc.idmap = u 1001 " + (Person.FIRST_ID + 1001) + " 64535",
        "lxc.idmap = g 0 " + Person.FIRST_ID + " 65536");
    person
        .says("lxc-execute -n " + c + " -f three.conf -- sh -c 'stat -c %u " + person.home() + "'")
        .ok()
        .prints("1000\n");
  }

  @Test
  void idsThatAreNotTheirsAreRefused() throws Exception {
    Person person = new Person(machine, false);
    String c = name(person);
    Outcome outcome =
        person.says("lxc-execute -n " + c + " -f .config/lxc/default.conf -- id").exits(1);
    assertTrue(
        outcome
            .err()
            .contains(
                person.name()
                    + " may not map the user ids "
                    + Person.FIRST_ID
                    + "-"
                    + (Person.FIRST_ID + 65535)
                    + " of the host\n"),
        outcome.err());
    assertTrue(outcome.err().contains("/etc/subuid gives " + person.name() + " nothing"));
  }

  @Test
  void templatesGetTheMapAndTheirMakersNumbers() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    person.write(
        "template",
        "#!/bin/sh",
        "echo \"$4 $5 $6 $7\"; id -u; cat /proc/self/uid_map",
        "echo lxc.uts.name = made >> ${1#--path=}/config");
    person.says("true").ok();
    machine.run("chmod", "755", person.home() + "/template").ok();
    Outcome outcome = person.says("lxc-create -n " + c + " -t ~/template").ok();
    assertEquals(
        List.of(
            "--mapped-uid 65536 --mapped-gid 65536",
            "0",
            "         0     700000      65536",
            "     65536       %4s          1".formatted(person.uid())),
        outcome.lines());
    assertTrue(
        Box.read(person.home().resolve(".local/share/lxc/" + c + "/config"))
            .contains("lxc.uts.name = made\n"));
    person.says("lxc-destroy -n " + c).ok();
  }

  @Test
  void aFailedCreationLeavesNothing() throws Exception {
    Person person = new Person(machine);
    person.write("template", "#!/bin/sh", "mkdir -p ${3#--rootfs=}/a/b; exit 1");
    machine.run("chmod", "755", person.home() + "/template").ok();
    person.says("lxc-create -n " + name(person) + " -t ~/template").exits(1);
    assertFalse(Files.exists(person.home().resolve(".local/share/lxc/" + name(person))));
  }

  @Test
  void delegatedCgroupsOfVersionOneAreUsed() throws Exception {
    assumeTrue(Files.exists(Path.of("/sys/fs/cgroup/unified")), "needs v1 and v2 side by side");
    Person person = new Person(machine);
    String c = name(person);
    person.says("lxc-create -n " + c + " -t busybox").ok();
    String cgroup = machine.name("delegated") + "/lxc.payload." + c;
    person
        .saysDelegated(
            "lxc-start -n "
                + c
                + " -s lxc.cgroup.memory.limit_in_bytes=64M && lxc-freeze -n "
                + c
                + " && lxc-info -n "
                + c
                + " -s -H && lxc-unfreeze -n "
                + c
                + " && cat /sys/fs/cgroup/memory/"
                + cgroup
                + "/memory.limit_in_bytes && stat -c '%a %g' /sys/fs/cgroup/pids/"
                + cgroup
                + "; lxc-stop -k -n "
                + c)
        .ok()
        .complains("")
        .prints("FROZEN\n67108864\n775 " + Person.FIRST_ID + "\n");
    person.says("lxc-destroy -n " + c).ok();
  }

  @Test
  void limitsWithoutACgroupAreRefused() throws Exception {
    Person person = new Person(machine);
    String key =
        Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"))
            ? "lxc.cgroup2.memory.max"
            : "lxc.cgroup.memory.limit_in_bytes";
    Outcome outcome =
        person
            .says(
                "lxc-execute -n "
                    + name(person)
                    + " -f .config/lxc/default.conf -s "
                    + key
                    + "=1M -- id")
            .exits(1);
    assertTrue(
        outcome.err().contains(": no cgroup is delegated to " + person.name() + "\n"),
        outcome.err());
    assertTrue(outcome.err().contains("  from  -s " + key + "=1M\n"), outcome.err());
  }

  @Test
  void hooksRunAndKnowTheRoot() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    person.says("lxc-create -n " + c + " -t busybox").ok();
    Path config = person.home().resolve(".local/share/lxc/" + c + "/config");
    Files.writeString(
        config,
        Box.read(config)
            + "lxc.hook.pre-start = echo pre > "
            + person.home()
            + "/pre\nlxc.hook.stop = ls -l $LXC_UTS_NS > "
            + person.home()
            + "/stop; true\nlxc.hook.version = 1\n"
            + "lxc.hook.post-stop = echo post > "
            + person.home()
            + "/post\n");
    person.says("lxc-start -n " + c + " && lxc-stop -k -n " + c).ok().complains("");
    Machine.await(
        "the post-stop hook",
        java.time.Duration.ofSeconds(10),
        () -> Files.exists(person.home().resolve("post")));
    assertEquals("pre\n", Box.read(person.home().resolve("pre")));
    assertTrue(Box.read(person.home().resolve("stop")).contains("uts:["));
    person.says("lxc-destroy -n " + c).ok();
  }

  @Test
  void commandsRunInUserNamespaces() throws Exception {
    Person person = new Person(machine);
    person.says("lxc-usernsexec -- sh -c 'id -u; exit 3'").exits(3).prints("0\n");
    person
        .says("lxc-usernsexec -s -- cat /proc/self/gid_map")
        .ok()
        .prints(
            "         0     700000      65536\n     65536       %4s          1\n"
                .formatted(person.uid()));
    person.says("lxc-unshare -s 'USER|UTSNAME|PID' -H h -- hostname").ok().prints("h\n");
    person.says("lxc-unshare -s USER -u 5 -- id -u").ok().prints("5\n");
    machine.run("lxc-unshare", "-s", "UTSNAME", "-H", "h", "--", "hostname").ok().prints("h\n");
    machine.run("lxc-usernsexec", "-m", "b:0:300000:10", "--", "id", "-u").ok().prints("0\n");
  }

  @Test
  void aRangeOfTheirOwnIsChosenForThem() throws Exception {
    Person person = new Person(machine);
    person.write("auto.conf", "coffer.idmap = auto");
    String c = name(person);
    String execute = "lxc-execute -f auto.conf -n ";
    person
        .says(execute + c + " -- cat /proc/self/uid_map")
        .ok()
        .prints("         0     " + Person.FIRST_ID + "      65536\n");
    person.says("lxc-create -t none -f auto.conf -n " + c).ok();
    Outcome outcome = person.says(execute + c + "2 -- id").exits(1);
    assertTrue(
        outcome.err().contains("no range of 65536 ids is left for another container"),
        outcome.err());
    person.says("lxc-destroy -n " + c + " && " + execute + c + "2 -- id -u").ok().prints("0\n");
  }

  @Test
  void anEphemeralContainerIsWhollyGoneAfterItsEnd() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    person.write(
        "ephemeral.conf",
        "lxc.include = " + person.home() + "/.config/lxc/default.conf",
        "lxc.ephemeral = 1");
    Path directory = person.home().resolve(".local/share/lxc/" + c);
    String create = "lxc-create -n " + c + " -f ephemeral.conf -t busybox && lxc-start -n " + c;
    person.says(create + " && lxc-stop -k -n " + c).ok().complains("");
    awaitGone(directory);

    person.says(create).ok();
    person.says("lxc-attach -n " + c + " -- sh -c 'mkdir -m 700 /a && touch /a/b'").ok();
    String init = person.says("lxc-info -n " + c + " -pH").ok().text();
    person.says("kill -9 $(coffer engine status | sed -n 's/^PID: *//p')").ok();
    ProcessHandle.of(Long.parseLong(init)).orElseThrow().destroyForcibly();
    awaitGone(directory);
  }

  private static void awaitGone(Path directory) {
    Machine.await(
        "the end of " + directory,
        java.time.Duration.ofSeconds(20),
        () -> !Files.exists(directory));
  }

  @Test
  void theRootIsMountedWhereTheConfigurationSays() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    Path place = Path.of("/tmp", c); // not at home: a mount hook is the container's root
    person.says("lxc-create -n " + c + " -t busybox && mkdir " + place).ok();
    Path config = person.home().resolve(".local/share/lxc/" + c + "/config");
    String own = Box.read(config);
    Files.writeString(
        config,
        own
            + String.join(
                "\n",
                "lxc.rootfs.mount = " + place,
                "lxc.hook.version = 1",
                "lxc.hook.mount = ls $LXC_ROOTFS_MOUNT > $LXC_ROOTFS_MOUNT/listed",
                "lxc.mount.entry = tmpfs " + place + "/mnt tmpfs size=64k,create=dir 0 0\n"));
    try {
      person.says("lxc-start -n " + c).ok().complains("");
      String look = "grep -c ' /mnt ' /proc/mounts; grep usr /listed";
      person.says("lxc-attach -n " + c + " -- sh -c \"" + look + "\"").ok().prints("1\nusr\n");
      person.says("ls " + place + "; lxc-stop -k -n " + c).ok().prints("");
    } finally {
      Files.delete(place);
    }
    Files.writeString(config, own + "lxc.rootfs.mount = " + person.home() + "/own\n");
    person.says("mkdir -m 700 own && lxc-execute -n " + c + " -- ls /listed").ok();
    person.says("lxc-destroy -n " + c).ok();
  }

  /**
   * Of root's mapped containers too, and with the host's tree as well as with a root of its own.
   */
  @Test
  void aCommandInTheForegroundHasATerminalOfItsOwn() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    person.says("lxc-create -n " + c + " -t busybox").ok();
    person.write(
        "look",
        "tty; stat -c %u \"$(tty)\"; echo seen > /dev/tty; set -m; sleep 9 & kill %1; wait %1",
        "echo ended $?; stty size");
    String look = "stty rows 33 cols 99; lxc-execute -n " + c + " ";
    String inside = "-- sh -c \"$(cat look)\"";
    // script(1) may type an end of file in between
    String expected = "(?s).*/dev/pts/\\d+\r\n.*0\r\n.*seen\r\n.*ended 143\r\n.*33 99\r\n.*";
    for (String options : List.of("", "-f .config/lxc/default.conf ")) {
      person.write("script", look + options + inside);
      String said = person.says("script -qec 'sh script' /dev/null").ok().out();
      assertTrue(said.matches(expected), options + said);
    }
    person.says("lxc-destroy -n " + c).ok();
    Path config = person.home().resolve(".config/lxc/default.conf");
    person.write("script", look + "-f " + config + " " + inside);
    String said =
        machine
            .run("sh", "-c", "cd " + person.home() + "; script -qec 'sh script' /dev/null")
            .ok()
            .out();
    assertTrue(said.matches(expected), said);
  }

  @Test
  void aTerminalOfAnAttachedCommandIsItsOwnOnTheHostsTree() throws Exception {
    Person person = new Person(machine);
    String c = name(person);
    person.says("lxc-execute -d -n " + c + " -f .config/lxc/default.conf -- sleep 300").ok();
    person.write(
        "script", "lxc-attach -n " + c + " -- sh -c 'stat -c %u $(tty); echo seen > /dev/tty'");
    String said = person.says("script -qec 'sh script' /dev/null").ok().out();
    assertTrue(said.contains("0\r\nseen\r\n"), said);
    person.says("lxc-stop -k -n " + c).ok();
  }
}
