package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.linux.Landlock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rules of coffer.landlock, for applications, systems, mapped ids and what enters later. */
class LandlockTest {
  private static final String[] FILES = {
    "coffer.landlock.execute = /bin",
    "coffer.landlock.read = /etc",
    "coffer.landlock.read = /proc",
    "coffer.landlock.write = /tmp",
    "coffer.landlock.write = /dev/null"
  };

  private static final String TRIES =
      "head -n 1 /etc/passwd; echo x >/tmp/x && cat /tmp/x; echo >/dev/null && echo null;"
          + " echo x >/etc/x; true >/etc/passwd; ls /usr; mount -t tmpfs none /tmp || echo unmounted";

  private static final String ALLOWED = "root:x:0:0:root:/root:/bin/sh\nx\nnull\nunmounted\n";

  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void needsLandlock() {
    assumeTrue(Landlock.probeAbi() >= 6, "needs Landlock with scopes, Linux 6.12");
  }

  private static void assertRestricted(Outcome outcome) {
    outcome.prints(ALLOWED);
    for (String what : new String[] {"create /etc/x", "create /etc/passwd", "open '/usr'"}) {
      assertTrue(outcome.err().contains("can't " + what + ": Permission denied"), outcome.err());
    }
  }

  @Test
  void anApplicationReachesTheNamedPathsAndNoOthers() {
    Box box = new Box(machine, "c1").config(FILES);
    assertRestricted(box.execute("/bin/sh", "-c", TRIES));
  }

  @Test
  void withMappedIdsOrWithoutNewPrivilegesItIsTheSame() {
    Box box = new Box(machine, "c1").shifted().mapped(FILES);
    assertRestricted(box.execute("/bin/sh", "-c", TRIES));
    String[] lines = java.util.Arrays.copyOf(FILES, FILES.length + 2);
    lines[FILES.length] = "lxc.no_new_privs = 1";
    lines[FILES.length + 1] = "lxc.cap.drop = sys_admin";
    box.mapped(lines);
    assertRestricted(box.execute("/bin/sh", "-c", TRIES));
  }

  @Test
  void itHoldsWithoutSysAdminInTheContainerAndForAnotherUser() {
    String[] lines = java.util.Arrays.copyOf(FILES, FILES.length + 3);
    lines[FILES.length] = "lxc.cap.drop = sys_admin";
    lines[FILES.length + 1] = "lxc.init.uid = 7";
    lines[FILES.length + 2] = "coffer.seccomp = default";
    Box box = new Box(machine, "c1").config(lines);
    Outcome outcome = box.execute("/bin/sh", "-c", "id -u; cat /etc/group >/dev/null; ls /usr");
    assertTrue(outcome.out().startsWith("7\n"), outcome.toString());
    assertTrue(outcome.err().contains("ls: can't open '/usr': Permission denied"), outcome.err());
  }

  @Test
  void whatEntersIsUnderTheSameRulesUnlessItKeepsTheCallersConfinement() {
    Box box = new Box(machine, "c1").config(FILES);
    box.started("-d", "--", "/bin/sh", "-c", "sleep 1000");
    assertRestricted(box.attach("--", "/bin/sh", "-c", TRIES));
    box.attach("-eLSM", "--", "/bin/ls", "/usr").ok();
    box.stop().ok();
  }

  @Test
  void tcpPortsThatAreNotNamedCannotBeBoundOrConnectedTo() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.net.0.type = empty",
                "lxc.net.0.flags = up",
                "coffer.landlock.connect = 443 53",
                "coffer.landlock.bind = none");
    Outcome outcome =
        box.execute(
            "/bin/sh",
            "-c",
            "nc -l -p 80; nc 127.0.0.1 80 </dev/null; nc 127.0.0.1 443 </dev/null");
    assertEquals(
        "nc: bind: Permission denied\n"
            + "nc: can't connect to remote host (127.0.0.1): Permission denied\n"
            + "nc: can't connect to remote host (127.0.0.1): Connection refused\n",
        outcome.err());
  }

  @Test
  void signalsReachOnlyWhatIsUnderTheSameRules() {
    Box box = new Box(machine, "c1").config("coffer.landlock.scope = signal");
    box.execute("/bin/sh", "-c", "kill -0 1 && sleep 100 & kill $! && echo there")
        .prints("there\n");
    box.started("-d", "--", "/bin/sleep", "1000");
    Outcome outcome = box.tryInside("kill -0 1");
    assertTrue(outcome.err().contains("not permitted"), outcome.toString());
    box.stop().ok();
  }

  @Test
  void aPathThatIsNotThereIsNamedWithItsLine() {
    Box box = new Box(machine, "c1").config("coffer.landlock.read = /nowhere");
    int steps = box.steps();
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(
        outcome
            .err()
            .startsWith(
                "lxc-start: "
                    + box.fullName()
                    + ": cannot let Landlock allow to read /nowhere: No such file or directory"
                    + " (ENOENT)\n  step  "),
        outcome.err());
    assertTrue(outcome.err().contains(" of " + steps + "  openat2, in the container"));
    assertTrue(
        outcome
            .err()
            .contains(
                "  from  "
                    + box.configFile()
                    + ":6  coffer.landlock.read\n  hint  there is no /nowhere in the container\n"),
        outcome.err());
  }

  @Test
  void aLinkInsideLeadsNowhereOutside() throws java.io.IOException {
    Box box = new Box(machine, "c1").config(FILES);
    java.nio.file.Files.createSymbolicLink(
        box.rootfs().resolve("tmp/out"), java.nio.file.Path.of("/../../../../etc"));
    String[] lines = java.util.Arrays.copyOf(FILES, FILES.length + 1);
    lines[FILES.length] = "coffer.landlock.write = /tmp/out";
    box.config(lines);
    box.execute("/bin/sh", "-c", "echo x >/etc/x && echo inside").prints("inside\n");
    assertTrue(java.nio.file.Files.exists(box.rootfs().resolve("etc/x")));
  }
}
