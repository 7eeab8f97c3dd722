package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Contexts on a host with SELinux and Debian's default policy, which knows no container_t: virtual
 * machines' svirt_t stands for it.
 */
@SelinuxGuest
class SelinuxTest {
  private static final Path ENFORCE = Path.of("/sys/fs/selinux/enforce");
  private static final String STARTER = "unconfined_u:unconfined_r:unconfined_t:s0";
  private static final String CONTEXT = "system_u:system_r:svirt_t:s0:c1,c2";
  private static final String OTHER = "system_u:system_r:svirt_t:s0:c3";
  private static final String UNKNOWN = "system_u:system_r:no_such_t:s0";
  private static final String KEY = "lxc.selinux.context = ";
  private static final String KEYRING = "lxc.selinux.context.keyring = ";
  private static final String HINT = "  hint  the policy that is loaded does not know this context";

  /** For a shell inside: its own context. */
  private static final String OWN = "tr -d '\\000' </proc/self/attr/current";

  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void needsSelinux() {
    assumeTrue(Files.exists(ENFORCE), "needs a host with SELinux and a policy");
  }

  private static String context(Box box) {
    return box.ofInit("attr/current").replace("\0", "").strip();
  }

  @Test
  void initHooksAndWhatEntersHaveTheContext() {
    Box box = new Box(machine, "c1");
    box.config(KEY + CONTEXT, "lxc.hook.start = /bin/sh -c \"" + OWN + " >/hook\"").started("-d");
    assertEquals(CONTEXT, context(box));
    assertEquals(CONTEXT, Box.read(box.rootfs().resolve("hook")).strip());
    assertEquals(CONTEXT, box.inside(OWN));
    assertEquals(OTHER, box.attach("-c", OTHER, "--", "/bin/sh", "-c", OWN).ok().text());
    assertEquals(STARTER, box.attach("-e", "--", "/bin/sh", "-c", OWN).ok().text());
    assertEquals(OTHER, box.attach("-e", "-c", OTHER, "--", "/bin/sh", "-c", OWN).ok().text());
    box.stop().ok();
  }

  @Test
  void aMappedContainerHasItToo() {
    Box box = new Box(machine, "c1").shifted().mapped(KEY + CONTEXT).started("-d");
    assertEquals(CONTEXT, context(box));
    assertEquals(CONTEXT, box.inside(OWN));
    box.stop().ok();
  }

  @Test
  void withoutTheKeyItIsWhatThePolicyMakesOfIt() {
    Box box = new Box(machine, "c1").started("-d");
    assertEquals(STARTER, context(box));
    assertEquals(STARTER, box.inside(OWN));
    box.stop().ok();
  }

  @Test
  void unconfinedTypeAloneLeavesTheContextAsItIs() {
    Box box = new Box(machine, "c1").config(KEY + "unconfined_t").started("-d");
    assertEquals(STARTER, context(box));
    box.stop().ok();
  }

  @Test
  void anApplicationAndWhatEntersItHaveTheContext() {
    Box box = new Box(machine, "c1").config(KEY + CONTEXT);
    assertEquals(CONTEXT, box.execute("/bin/sh", "-c", OWN).ok().text());
    machine.lxc("execute", "c1", "-d", "--", "/bin/sleep", "600").ok();
    assertEquals(CONTEXT, box.inside(OWN));
    box.stop().ok();
  }

  @Test
  void theKeyringHasItsContextOrThatOfTheContainer() {
    Box box = new Box(machine, "c1");
    String hosts = "lxc.rootfs.path =";
    String none = "lxc.mount.auto =";
    assertEquals(STARTER, keyring(box.config(hosts, none)));
    assertEquals(CONTEXT, keyring(box.config(hosts, none, KEY + CONTEXT)));
    assertEquals(OTHER, keyring(box.config(hosts, none, KEY + CONTEXT, KEYRING + OTHER)));
  }

  /** On the host's files, which have keyctl(1). */
  private String keyring(Box box) {
    String ofCommand = box.execute("/usr/bin/keyctl", "security", "@s").ok().text();
    machine.lxc("execute", "c1", "-d", "--", "/bin/sleep", "600").ok();
    assertEquals(ofCommand, box.attach("--", "/usr/bin/keyctl", "security", "@s").ok().text());
    box.stop().ok();
    return ofCommand;
  }

  @Test
  void aContextThatThePolicyDoesNotKnowIsRefused() {
    Box box = new Box(machine, "c1").config(KEY + UNKNOWN, KEYRING + CONTEXT);
    String steps = " of " + box.steps() + "  ";
    Outcome refused = box.start("-d").exits(1);
    assertTrue(
        refused
            .err()
            .contains(
                "cannot set SELinux context "
                    + UNKNOWN
                    + " for the execution: Invalid argument (EINVAL)\n"),
        refused.err());
    assertTrue(refused.err().contains(steps + "write, in the container\n"), refused.err());
    assertTrue(
        refused.err().contains("  from  " + box.configFile() + ":6  lxc.selinux.context\n" + HINT),
        refused.err());
    box.config(KEYRING + UNKNOWN);
    refused = box.start("-d").exits(1);
    assertTrue(
        refused
            .err()
            .contains(
                "cannot set SELinux context "
                    + UNKNOWN
                    + " for keyrings: Invalid argument (EINVAL)\n"),
        refused.err());
    assertTrue(
        refused
            .err()
            .contains("  from  " + box.configFile() + ":6  lxc.selinux.context.keyring\n" + HINT),
        refused.err());
  }

  @Test
  void aCommandDoesNotEnterWithAContextThatThePolicyDoesNotKnow() {
    Box box = new Box(machine, "c1").started("-d");
    assertEquals(
        "lxc-attach: "
            + box.fullName()
            + ": cannot set SELinux context "
            + UNKNOWN
            + " for keyrings: Invalid argument (EINVAL)\n  from  -c\n"
            + HINT
            + "\n",
        box.attach("-c", UNKNOWN, "--", "/bin/true").exits(1).err());
    box.stop().ok();
  }

  @Test
  void whatThePolicyForbidsIsRefusedWhereItIsEnforced() throws java.io.IOException {
    Box box = new Box(machine, "c1").config(KEY + CONTEXT);
    machine.afterwards(() -> Files.writeString(ENFORCE, "0"));
    allowExecutableMemory();
    Files.writeString(ENFORCE, "1");
    Outcome refused = box.start("-d").exits(1);
    assertTrue(
        refused.err().contains("cannot execute /sbin/init: Permission denied (EACCES)\n"),
        refused.err());
    assertTrue(refused.err().contains("ausearch -m avc"), refused.err());
    box.config().started("-d");
    Outcome entering = box.attach("-c", CONTEXT, "--", "/bin/true").exits(126);
    assertTrue(entering.err().contains("ausearch -m avc"), entering.err());
    box.stop().ok();
  }

  /** What a Java machine's compiler needs, and the policy forbids unless told otherwise. */
  private static void allowExecutableMemory() throws java.io.IOException {
    Path selinux = ENFORCE.getParent();
    Files.writeString(selinux.resolve("booleans/allow_execmem"), "1");
    Files.writeString(selinux.resolve("commit_pending_bools"), "1");
  }

  @Test
  void aContainerWithAContextEndsWhenItsKeeperIsKilled() {
    Box box = new Box(machine, "c1").config(KEY + CONTEXT).started("-d");
    ProcessHandle init = ProcessHandle.of(Long.parseLong(box.initPid())).orElseThrow();
    ProcessHandle keeper = init.parent().orElseThrow();
    keeper.destroyForcibly();
    Machine.await("the end of init", Duration.ofSeconds(10), () -> !init.isAlive());
    Machine.await(
        "a stopped container", Duration.ofSeconds(10), () -> machine.state("c1").equals("STOPPED"));
    assertFalse(init.isAlive());
  }
}
