package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import dev.coffer.it.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The same attacks against the containers of ordinary users, whose keeper and engine are theirs.
 */
class OrdinaryUserTest {
  private static final String SHARED = "lxc.namespace.keep = pid";

  @RegisterExtension final Machine machine = new Machine();

  private Person person;
  private String name;

  /** A container of an ordinary user's with the attacking program in it, running. */
  private void start(String... lines) throws IOException {
    person = new Person(machine);
    name = machine.name("c");
    person.says("lxc-create -n " + name + " -t busybox").ok();
    Path container = person.home().resolve(".local/share/lxc/" + name);
    Path attack = container.resolve("rootfs/attack");
    Files.copy(Target.program(machine), attack);
    machine.run("chown", Person.FIRST_ID + ":" + Person.FIRST_ID, attack.toString()).ok();
    Path config = container.resolve("config");
    String own = Target.read(config);
    if (List.of(lines).contains(SHARED)) { // there it can have no proc of its own
      own = own.replaceAll("(?m)^(coffer.security|lxc.mount.auto|lxc.mount.entry).*\n", "");
    }
    Target.write(config, own + String.join("\n", lines) + "\n");
    person.says("lxc-start -n " + name).ok();
  }

  private void refuses(String attack) {
    attack(attack).exits(1);
  }

  private Outcome attack(String attack) {
    return person.says("lxc-attach -n " + name + " --clear-env -- /attack " + attack);
  }

  private void stop() {
    person.says("lxc-stop -k -n " + name + " && lxc-destroy -n " + name).ok();
  }

  /** Proves that its root changes no setting, reads no memory and makes no device. */
  @Test
  void theKernelIsOutOfReach() throws IOException {
    Map<String, String> before = HostKernelTest.values();
    start();
    String settings = String.join(" ", HostKernelTest.SETTINGS);
    String memory = String.join(" ", HostKernelTest.MEMORY);
    String bare = "/proc/sys/net,/proc/sys,/proc/sysrq-trigger,/sys/devices/virtual/net,/sys";
    refuses("write " + settings);
    refuses("nested write " + settings);
    refuses("bare " + bare + " write " + settings);
    refuses("read " + memory);
    refuses("nested read " + memory);
    refuses("node b 7 0");
    refuses("node c 1 1");
    assertEquals(before, HostKernelTest.values());
    stop();
  }

  /** Proves that the user's own processes are out of reach, where they can be seen. */
  @Test
  void theUsersProcessesAreOutOfReach() throws IOException {
    start(
        SHARED,
        "lxc.init.cmd = /bin/sleep 999",
        "lxc.mount.entry = /proc proc none rbind,create=dir 0 0");
    String init = person.says("lxc-info -n " + name + " -pH").ok().text();
    String keeper =
        Target.read(Path.of("/proc", init, "status")).replaceFirst("(?s).*PPid:\t(\\d+).*", "$1");
    String engine = person.says("coffer engine status | sed -n 's/^PID: *//p'").ok().text();
    refuses("kill " + keeper + " " + engine + " 1");
    refuses("invade " + keeper + " " + engine + " 1");
    refuses("nested invade " + keeper + " " + engine);
    stop();
  }

  /** Proves that nothing is typed into the user's terminal from a command's own. */
  @Test
  void theUsersTerminalIsOutOfReach() throws IOException {
    start();
    for (String tool : new String[] {"lxc-attach -n " + name + " --clear-env", ""}) {
      if (tool.isEmpty()) {
        person.says("lxc-stop -k -n " + name).ok();
      }
      String run = tool.isEmpty() ? "lxc-execute -n " + name : tool;
      person.write("typed", run + " -- /attack type 'touch typed-by-attack\\n'; sleep 0.2; true");
      person.says("script -qec 'bash -i typed' /dev/null < /dev/null").ok();
      assertEquals(false, Files.exists(person.home().resolve("typed-by-attack")), run);
    }
    person.says("lxc-destroy -n " + name).ok();
  }

  /** Proves that the user's files outside of the container stay closed to its root. */
  @Test
  void theUsersFilesAreOutOfReach() throws IOException {
    start("lxc.mount.entry = " + machine.home() + " mnt none rbind,create=dir 0 0");
    person.write("secret", "mine");
    person.says("lxc-attach -n " + name + " -- cat /mnt/person/secret").exits(1);
    stop();
  }

  /** Proves that limits that its configuration sets cannot be raised, by init or for it. */
  @Test
  void limitsAreNotRaised() throws IOException {
    start(
        "lxc.prlimit.nofile = 100:200",
        "lxc.init.cmd = /bin/sh -c '/attack raise 0 > /raised; exec sleep 999'");
    refuses("raise 1");
    refuses("nested raise 1");
    String init = person.says("lxc-info -n " + name + " -pH").ok().text();
    String limits = Target.read(Path.of("/proc", init, "limits"));
    assertTrue(limits.matches("(?s).*Max open files +100 +200 .*"), limits);
    String said = person.says("lxc-attach -n " + name + " -- cat /raised").ok().text();
    assertEquals("refused 0: Operation not permitted", said);
    stop();
  }

  /** Proves that the user's engine serves nobody inside, even where its socket is bound. */
  @Test
  void theUsersEngineIsOutOfReach() throws IOException {
    start();
    person.says("lxc-stop -k -n " + name).ok();
    String socket = person.says("find $PWD/run -name '*.sock'").ok().text();
    assertTrue(socket.endsWith(".sock"), socket);
    // modes are one barrier, which is taken away here; the credentials are another
    Path shown = machine.home().resolve("shown");
    machine
        .run(
            "sh",
            "-c",
            "touch %2$s; mount --bind %1$s %2$s; chmod 666 %1$s".formatted(socket, shown))
        .ok();
    machine.afterwards(() -> machine.run("umount", shown.toString()).ok());
    String line = "lxc.mount.entry=%s mnt/engine none bind,create=file 0 0".formatted(shown);
    person.says("lxc-start -n %s -s '%s'".formatted(name, line)).ok();
    refuses("command /mnt/engine 0");
    attack("flood /mnt/engine").ok();
    assertEquals("RUNNING", person.says("lxc-info -n " + name + " -sH").ok().text());
    stop();
  }

  /** A directory of the host's that everybody inside could write to, if he got there. */
  private Target.Treasure treasure() {
    Target.Treasure treasure = new Target.Treasure(machine);
    machine.run("chown", "-R", Person.FIRST_ID + "", treasure.directory.toString()).ok();
    machine.run("chmod", "-R", "a+rwX", treasure.directory.toString()).ok();
    return treasure;
  }

  private Command.Running swap(Path one, Path other, String seconds) {
    String program = Target.program(machine).toString();
    return machine.command(program, "exchange", one.toString(), other.toString(), seconds).start();
  }

  /**
   * Proves that starts and attached commands stay inside while directories are swapped for links.
   */
  @Test
  void swappedDirectoriesLeadNowhere() throws Exception {
    start("lxc.mount.entry = tmpfs vol/a/b/c tmpfs create=dir 0 0");
    Target.Treasure treasure = treasure();
    Path root = person.home().resolve(".local/share/lxc/" + name + "/rootfs");
    Path swapped = root.resolve("vol");
    Path link = Files.createSymbolicLink(root.resolve("vol.other"), treasure.directory);
    Command.Running racer = swap(swapped, link, "4");
    int started = 0;
    while (racer.process().isAlive()) {
      person.says("lxc-stop -k -n " + name);
      started += person.says("lxc-start -n " + name).exit() == 0 ? 1 : 0;
      treasure.assertWhole("a start while vol is swapped");
    }
    racer.await(Duration.ofSeconds(10)).ok();
    assertTrue(started > 0, "never started");
    person.says("lxc-stop -k -n " + name + "; lxc-start -n " + name);
    attachesInside(root, treasure.file);
    treasure.assertWhole("attach");
    person.says("lxc-stop -k -n " + name + "; lxc-destroy -n " + name).ok();
  }

  /**
   * The caller's working directory is a link inside now and then, to what the launcher has open.
   */
  private void attachesInside(Path root, Path secret) throws Exception {
    Path inside = root.resolve("srv");
    machine.run("mkdir", "-p", inside.toString()).ok();
    Path magic = Files.createSymbolicLink(root.resolve("srv.other"), Path.of("/proc/self/fd/4"));
    Command.Running racer = swap(inside, magic, "3");
    while (racer.process().isAlive()) {
      Outcome where =
          person.says("cd /srv; lxc-attach -n " + name + " --clear-env -- /attack where " + secret);
      assertTrue(where.exit() == 1, where.toString());
    }
    racer.await(Duration.ofSeconds(10)).ok();
  }

  /** Proves that deleting stays inside while names are swapped. */
  @Test
  void deletingStaysInsideWhileNamesAreSwapped() throws Exception {
    start();
    Target.Treasure treasure = treasure();
    person.says("lxc-stop -k -n " + name).ok();
    Path root = person.home().resolve(".local/share/lxc/" + name + "/rootfs");
    Path swapped = root.resolve("aaa");
    Path link = Files.createSymbolicLink(root.resolve("aab"), treasure.directory);
    machine.run("sh", "-c", "mkdir " + swapped + " && cd " + swapped + " && mkdir $(seq 300)").ok();
    machine.run("chown", "-hR", Person.FIRST_ID + ":" + Person.FIRST_ID, root.toString()).ok();
    Command.Running racer = swap(swapped, link, "1");
    person.says("lxc-destroy -n " + name);
    treasure.assertWhole("destroy");
    racer.await(Duration.ofSeconds(10));
    person.says("lxc-destroy -n " + name);
    treasure.assertWhole("destroy");
  }
}
