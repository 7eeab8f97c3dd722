package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import dev.coffer.it.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
