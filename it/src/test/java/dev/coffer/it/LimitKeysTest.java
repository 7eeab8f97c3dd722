package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.prlimit.*, lxc.sysctl.*, lxc.proc.*. */
class LimitKeysTest {
  @RegisterExtension final Machine machine = new Machine();

  private static String limit(Box box, String name) {
    return box.ofInit("limits")
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(26).strip().replaceAll(" +", " "))
        .findFirst()
        .orElse("");
  }

  @Test
  void limitsAreLowered() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.prlimit.nofile = 100:200",
                "lxc.prlimit.nproc = 77",
                "lxc.prlimit.core = 0",
                "lxc.prlimit.cpu = unlimited")
            .started("-d");
    assertEquals("100 200 files", limit(box, "Max open files"));
    assertEquals("77 77 processes", limit(box, "Max processes"));
    assertEquals("0 0 bytes", limit(box, "Max core file size"));
    assertEquals("unlimited unlimited seconds", limit(box, "Max cpu time"));
  }

  @Test
  void raisingAHardLimitWithoutTheRightIsExplained() {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        (Long.parseUnsignedLong(
                    machine.run("sh", "-c", "grep CapEff /proc/self/status | cut -f2").text(), 16)
                & 1 << 24)
            == 0,
        "needs a root without CAP_SYS_RESOURCE");
    String line = "lxc.prlimit.nofile = 99999999";
    Box box = new Box(machine, "c1").config(line);
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(
        outcome
            .err()
            .startsWith(
                "lxc-start: "
                    + box.fullName()
                    + ": cannot limit nofile to 99999999: Operation not permitted (EPERM)\n"),
        outcome.err());
    assertTrue(
        outcome
            .err()
            .contains(
                "  from  "
                    + box.configFile()
                    + ":"
                    + box.line(line)
                    + "  lxc.prlimit.nofile\n"
                    + "  hint  raising the hard limit of nofile needs CAP_SYS_RESOURCE, which the"
                    + " caller lacks; more than the sysctl fs.nr_open nobody may have\n"),
        outcome.err());
  }

  @Test
  void anUnknownResourceIsAnError() {
    Box box = new Box(machine, "c1").config("lxc.prlimit.nosuch = 1");
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(outcome.err().contains("nosuch"), outcome.err());
    assertTrue(outcome.err().contains(box.configFile() + ":6"), outcome.err());
  }

  @Test
  void settingsOfTheContainersNamespacesAreMade() {
    String before = machine.run("cat", "/proc/sys/net/ipv4/ip_forward").ok().text();
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.sysctl.net.ipv4.ip_forward = " + (before.equals("1") ? "0" : "1"),
                "lxc.sysctl.kernel.msgmax = 12345",
                "lxc.sysctl.fs.mqueue.queues_max = 77")
            .started("-d");
    assertEquals(before.equals("1") ? "0" : "1", box.inside("cat /proc/sys/net/ipv4/ip_forward"));
    assertEquals("12345", box.inside("cat /proc/sys/kernel/msgmax"));
    assertEquals("77", box.inside("cat /proc/sys/fs/mqueue/queues_max"));
    assertEquals(before, machine.run("cat", "/proc/sys/net/ipv4/ip_forward").ok().text());
  }

  @Test
  void aMappedContainersSettingsAreMadeToo() {
    Box box =
        new Box(machine, "c1").mapped("lxc.sysctl.net.ipv4.ip_forward = 1").shifted().started("-d");
    assertEquals("1", box.inside("cat /proc/sys/net/ipv4/ip_forward"));
  }

  @Test
  void aSettingOfTheHostIsRefused() {
    String line = "lxc.sysctl.kernel.panic = 77";
    String before = machine.run("cat", "/proc/sys/kernel/panic").ok().text();
    Box box = new Box(machine, "c1").config(line);
    box.refuses(
        "cannot set sysctl kernel.panic: it belongs to the host",
        "  from  " + box.configFile() + ":" + box.line(line) + "  lxc.sysctl.kernel.panic",
        "  hint  only settings of the container's namespaces can be set: net.*, fs.mqueue.*, those"
            + " of System V IPC, and user.max_* with an id map; set it on the host with sysctl(8)");
    box.mapped(line).shifted();
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(outcome.err().contains("kernel.panic belongs to the host"), outcome.err());
    assertEquals(before, machine.run("cat", "/proc/sys/kernel/panic").ok().text());
  }

  @Test
  void aSettingOfANetworkSharedWithTheHostIsRefused() {
    Box box =
        new Box(machine, "c1")
            .config("lxc.net.0.type = none", "lxc.sysctl.net.ipv4.ip_forward = 1");
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(
        outcome.err().contains("the container shares its net namespace with the host"),
        outcome.err());
  }

  @Test
  void aSettingThatDoesNotExistIsNamed() {
    Box box = new Box(machine, "c1").config("lxc.sysctl.net.ipv4.nosuch = 1");
    assertTrue(box.start("-d").exits(1).err().contains("hint  there is no sysctl net.ipv4.nosuch"));
  }

  @Test
  void filesOfInitBelowProcAreWritten() {
    Box box = new Box(machine, "c1").config("lxc.proc.oom_score_adj = 300").started("-d");
    assertEquals("300", box.ofInit("oom_score_adj").strip());
  }

  @Test
  void loweringTheOomScoreWithoutTheRightIsExplained() {
    Box box = new Box(machine, "c1").config("lxc.proc.oom_score_adj = -300");
    Outcome outcome = box.start("-d");
    if (outcome.exit() == 0) {
      assertEquals("-300", box.ofInit("oom_score_adj").strip());
    } else {
      assertTrue(outcome.err().contains("needs CAP_SYS_RESOURCE"), outcome.err());
    }
  }

  @Test
  void coresAreSharedWithNobodyOrTheReasonIsTold() {
    Box box = new Box(machine, "c1").config("lxc.sched.core = 1");
    Outcome outcome = box.start("-d");
    if (outcome.exit() == 0) {
      box.stop().ok();
      return;
    }
    assertTrue(
        outcome.err().contains("cannot share no processor core with others: ")
            && outcome.err().contains("  lxc.sched.core\n  hint  "),
        outcome.toString());
    assertTrue(
        outcome.err().contains("CONFIG_SCHED_CORE") || outcome.err().contains("no SMT"),
        outcome.toString());
  }
}
