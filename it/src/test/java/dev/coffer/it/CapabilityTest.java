package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.cap.drop and lxc.cap.keep, as init and as attached commands have them. */
class CapabilityTest {
  private static final long SYS_MODULE = 1L << 16;
  private static final long SYS_TIME = 1L << 25;
  private static final long CHOWN = 1L;
  private static final long KILL = 1L << 5;

  @RegisterExtension final Machine machine = new Machine();

  private static long bits(String text) {
    return Long.parseUnsignedLong(text, 16);
  }

  private static String attached(Box box, String field) {
    return box.inside("grep " + field + " /proc/self/status | cut -f2");
  }

  @Test
  void droppedOnesAreGoneForGood() {
    Box box =
        new Box(machine, "c1")
            .config("lxc.cap.drop = sys_module", "lxc.cap.drop = sys_time 0")
            .started("-d");
    long gone = SYS_MODULE | SYS_TIME | CHOWN;
    for (String field : new String[] {"CapBnd", "CapEff", "CapPrm"}) {
      assertEquals(0, bits(box.status(field)) & gone, field);
      assertEquals(0, bits(attached(box, field)) & gone, "attached " + field);
      assertEquals(KILL, bits(box.status(field)) & KILL, field);
    }
    box.tryInside("chown 1 /etc/passwd").exits(1);
  }

  @Test
  void keptOnesAreAllThereIs() {
    Box box = new Box(machine, "c1").config("lxc.cap.keep = kill chown").started("-d");
    for (String field : new String[] {"CapBnd", "CapEff", "CapPrm"}) {
      assertEquals(KILL | CHOWN, bits(box.status(field)), field);
      assertEquals(KILL | CHOWN, bits(attached(box, field)), "attached " + field);
    }
  }

  @Test
  void noneCanBeKept() {
    Box box =
        new Box(machine, "c1")
            .config("lxc.init.cmd = /bin/sleep 999", "lxc.cap.keep = none")
            .started("-d");
    assertEquals(0, bits(box.status("CapBnd")));
    assertEquals(0, bits(box.status("CapEff")));
  }

  @Test
  void initCanBeAnotherUserWithoutTheRightToBecomeOne() {
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.init.cmd = /bin/sleep 999",
                "lxc.init.uid = 33",
                "lxc.init.gid = 33",
                "lxc.cap.keep = none")
            .started("-d");
    assertEquals("33\t33\t33\t33", box.status("Uid"));
    assertEquals(0, bits(box.status("CapBnd")));
    assertEquals(0, bits(box.status("CapPrm")));
  }

  @Test
  void attachingElevatedKeepsAll() {
    Box box = new Box(machine, "c1").config("lxc.cap.drop = sys_module").started("-d");
    long elevated =
        bits(
            box.attach("-e", "--", "/bin/sh", "-c", "grep CapEff /proc/self/status | cut -f2")
                .ok()
                .text());
    assertEquals(SYS_MODULE, elevated & SYS_MODULE);
  }

  @Test
  void bothKeysAtOnceAreAnError() {
    Box box = new Box(machine, "c1").config("lxc.cap.drop = kill", "lxc.cap.keep = chown");
    Outcome outcome = box.start("-d").exits(1);
    assertTrue(
        outcome.err().contains("Keeping and dropping capabilities are mutually exclusive"),
        outcome.err());
  }
}
