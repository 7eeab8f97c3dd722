package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers of the guest's ordinary user, whose session has a delegated cgroup of version 2. */
@Guest
class UserDelegationTest {
  private static final String MAP = "lxc.idmap = u 0 100000 65536\nlxc.idmap = g 0 100000 65536\n";

  @RegisterExtension final Machine machine = new Machine();

  /** What the user's shell says to this, in a unit of its own of the user's systemd. */
  private Outcome says(boolean delegated, String script) {
    List<String> argv =
        new ArrayList<>(
            List.of(
                "systemd-run",
                "--user",
                "--machine=tester@.host",
                "--quiet",
                "--pipe",
                "--wait",
                "--collect"));
    if (delegated) {
      argv.add("--property=Delegate=yes");
    }
    argv.addAll(List.of("bash", "-c", "PATH=" + machine.tool("") + ":$PATH; cd; " + script));
    return machine.command(argv).run();
  }

  private String prepared() {
    return "mkdir -p ~/.config/lxc; printf '"
        + MAP.replace("\n", "\\n")
        + "lxc.net.0.type = empty\\n' > ~/.config/lxc/default.conf; ";
  }

  @Test
  void limitsApplyInADelegatedCgroupWithoutFurtherAdo() throws IOException {
    String c = machine.name("c");
    Outcome outcome =
        says(
            true,
            prepared()
                + "lxc-create -n "
                + c
                + " -t busybox || exit; lxc-start -n "
                + c
                + " -s lxc.cgroup2.memory.max=64M -s lxc.cgroup2.pids.max=100 || exit; "
                // braces would be systemd's to expand
                + "own=/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup); basename $own; "
                + "cd $(dirname $own); cat lxc.payload."
                + c
                + "/memory.max lxc.payload."
                + c
                + "/pids.max; stat -c '%a %g' lxc.payload."
                + c
                + "; lxc-freeze -n "
                + c
                + " && lxc-info -n "
                + c
                + " -s -H; lxc-unfreeze -n "
                + c
                + "; lxc-attach -n "
                + c
                + " -- grep -c . /proc/self/cgroup; lxc-stop -k -n "
                + c
                + "; lxc-destroy -n "
                + c
                + "; coffer engine stop; ls -d lxc.* 2>/dev/null");
    assertEquals(
        "coffer.session\n67108864\n100\n775 100000\nFROZEN\n1\n", outcome.out(), outcome::toString);
    assertEquals("", outcome.err(), outcome::toString);
  }

  @Test
  void aScopeOfTheSessionIsEnough() throws IOException {
    String c = machine.name("c");
    Outcome outcome =
        says(
            false,
            prepared()
                + "lxc-execute -n "
                + c
                + " -f ~/.config/lxc/default.conf -s lxc.cgroup2.pids.max=50 -- "
                + "cat /proc/self/cgroup; coffer engine stop");
    assertTrue(outcome.out().startsWith("0::/"), outcome::toString);
    assertEquals("", outcome.err(), outcome::toString);
  }

  /** What the user's shell says to this in a session of a login, whose cgroup is root's. */
  private Outcome saysInSession(String... script) {
    String lines = prepared() + "c=" + machine.name("c") + "\n" + String.join("\n", script);
    List<String> argv =
        List.of(
            "systemd-run",
            "--quiet",
            "--pipe",
            "--wait",
            "--collect",
            "--uid=tester",
            "--property=PAMName=login",
            "bash",
            "-c",
            // braces and dollars would be systemd's to expand
            ("PATH=" + machine.tool("") + ":$PATH; cd; " + lines).replace("$", "$$"));
    return machine.command(argv).run();
  }

  /**
   * A systemd that makes no scope: the start ends, says what it was told, and leaves nothing; the
   * next one, when it makes them again, works.
   */
  @Test
  void aRefusedScopeIsToldAndLeavesNothing() {
    Outcome outcome =
        saysInSession(
            "export XDG_RUNTIME_DIR=/run/user/1000",
            "lxc-create -n $c -t busybox || exit",
            "systemctl --user mask --runtime --quiet app.slice; systemctl --user daemon-reload",
            "lxc-start -n $c; echo rc $?; lxc-info -n $c -s -H",
            "systemctl --user unmask --runtime --quiet app.slice; systemctl --user daemon-reload",
            "slice=/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice",
            "ls $slice | grep coffer-",
            "lxc-start -n $c && lxc-info -n $c -s -H; lxc-stop -k -n $c",
            "lxc-destroy -n $c; coffer engine stop");
    String name = machine.name("c");
    assertEquals("rc 1\nSTOPPED\nRUNNING\n", outcome.out(), outcome::toString);
    String scope = "cannot start the scope coffer-" + name + ".scope of your systemd\n";
    assertTrue(outcome.err().startsWith("lxc-start: " + name + ": " + scope), outcome::toString);
    assertTrue(outcome.err().contains("\n  said  "), outcome::toString);
    assertTrue(
        outcome.err().contains("\n  hint  \"systemctl --user status\" shows whether it runs"),
        outcome::toString);
  }

  @Test
  void aLoginNeedsNoWrapper() {
    Outcome outcome =
        saysInSession(
            "grep -c session- /proc/self/cgroup",
            "lxc-create -n $c -t busybox || exit",
            "lxc-start -n $c -s lxc.cgroup2.memory.max=64M || exit",
            "slice=/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice",
            "cd $slice/coffer-$c.scope && cat lxc.payload.$c/memory.max",
            "lxc-freeze -n $c && lxc-info -n $c -s -H; lxc-unfreeze -n $c",
            "lxc-attach -n $c -- cat /proc/self/cgroup",
            "kill -9 $(coffer engine status | sed -n 's/^PID: *//p')",
            "lxc-attach -n $c -- cat /proc/self/cgroup",
            "lxc-stop -r -n $c; lxc-info -n $c -s -H; cat lxc.payload.$c*/memory.max",
            "cd; lxc-stop -k -n $c",
            "lxc-execute -n $c -s lxc.cgroup2.pids.max=50 -- cat /proc/self/cgroup",
            "lxc-destroy -n $c; coffer engine stop; sleep 1; ls $slice | grep coffer-");
    assertEquals(
        "1\n67108864\nFROZEN\n0::/\n0::/\nRUNNING\n67108864\n0::/\n",
        outcome.out(),
        outcome::toString);
    assertEquals("", outcome.err(), outcome::toString);
  }
}
