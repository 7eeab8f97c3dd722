package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.autodev, lxc.tty.*, lxc.pty.max, lxc.console.*. */
class DeviceKeysTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension final Machine machine = new Machine();

  /** What every container's devices must do, for its root and for anybody else. */
  private static void devicesWork(Box box) {
    for (String device : new String[] {"null", "zero", "full", "random", "urandom", "tty"}) {
      box.tryInside("test -c /dev/" + device + " -a -r /dev/" + device + " -a -w /dev/" + device)
          .ok();
      assertEquals("crw-rw-rw-", box.inside("ls -l /dev/" + device + " | cut -c1-10"), device);
    }
    box.tryInside("echo x > /dev/null").ok();
    assertEquals("8", box.inside("dd if=/dev/zero bs=8 count=1 2>/dev/null | wc -c"));
    assertEquals("8", box.inside("dd if=/dev/urandom bs=8 count=1 2>/dev/null | wc -c"));
    assertTrue(box.tryInside("echo x > /dev/full").err().contains("No space left on device"));
    box.attach("-u", "65534", "-g", "65534", "--", "/bin/sh", "-c", "echo x > /dev/null").ok();
    assertEquals("/dev/pts", box.inside("cd /dev/ptmx/.. 2>/dev/null; cd /dev/pts; pwd"));
    assertEquals("crw-rw-rw-", box.inside("ls -lL /dev/ptmx | cut -c1-10"));
    assertEquals(
        "/proc/self/fd /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2",
        box.inside("echo $(for i in fd stdin stdout stderr; do readlink /dev/$i; done)"));
  }

  @Test
  void theUsualDevicesWork() {
    devicesWork(new Box(machine, "c1").started("-d"));
  }

  @Test
  void theUsualDevicesWorkInAMappedContainer() {
    devicesWork(new Box(machine, "c1").mapped().shifted().started("-d"));
  }

  @Test
  void devIsSmallUnlessItSaysOtherwise() {
    Box box = new Box(machine, "c1").started("-d");
    assertTrue(box.mount("/dev").data().contains("size=492k"));
    assertTrue(box.mount("/dev").data().contains("mode=755"));
    box.stop().ok();
    box.config("lxc.autodev.tmpfs.size = 1048576").started("-d");
    assertTrue(box.mount("/dev").data().contains("size=1024k"));
  }

  @Test
  void withoutAutodevTheImagesOwnDevIsUsed() {
    Box box = new Box(machine, "c1").config("lxc.autodev = 0");
    Box.write(Box.directory(box.rootfs().resolve("dev")).resolve("mine"), "x\n");
    box.started("-d");
    assertFalse(box.mount("/dev").isThere());
    assertEquals("x", box.inside("cat /dev/mine"));
    assertTrue(box.mount("/dev/pts").isThere());
    assertEquals("", box.inside("ls /dev | grep full || true"));
  }

  @Test
  void terminalsAreMadeInDev() {
    Box box = new Box(machine, "c1").config("lxc.tty.max = 3").started("-d");
    assertEquals("/dev/tty1 /dev/tty2 /dev/tty3", box.inside("echo /dev/tty[1-9]*"));
    assertEquals("devpts", box.mount("/dev/tty3").type());
    box.inside("echo hello > /dev/tty1");
  }

  @Test
  void terminalsAndConsoleCanHaveADirectoryOfTheirOwn() {
    Box box = new Box(machine, "c1").config("lxc.tty.max = 2", "lxc.tty.dir = lxc").started("-d");
    assertEquals("/dev/lxc/console /dev/lxc/tty1 /dev/lxc/tty2", box.inside("echo /dev/lxc/*"));
    assertEquals("lxc/tty1", box.inside("readlink /dev/tty1"));
    box.inside("echo hello > /dev/console && echo hello > /dev/tty2");
  }

  @Test
  void theConsoleIsATerminalThatTheContainerCanName() {
    Box box = new Box(machine, "c1").started("-d");
    assertEquals("/dev/pts/0", box.inside("readlink /proc/1/fd/0"));
    assertEquals(
        box.inside("stat -c '%t %T' /dev/pts/0"), box.inside("stat -c '%t %T' /dev/console"));
  }

  @Test
  void theNumberOfPseudoTerminalsIsLimited() {
    Box box = new Box(machine, "c1").config("lxc.pty.max = 5", "lxc.tty.max = 2").started("-d");
    assertTrue(box.mount("/dev/pts").data().contains("max=7"), box.mount("/dev/pts").data());
    assertTrue(box.mount("/dev/pts").data().contains("gid=5,mode=620,ptmxmode=666"));
  }

  @Test
  void theConsoleIsInitsTerminal() {
    Box box =
        new Box(machine, "c1")
            .config("lxc.init.cmd = /bin/sh -c 'stty -a < /dev/console > /seen; exec sleep 999'")
            .started("-d");
    Machine.await("its settings are seen", SOON, () -> box.inside("cat /seen").contains("speed"));
    assertTrue(box.inside("readlink /proc/1/fd/0").contains("/pts/"));
  }

  @Test
  void aContainerCanDoWithoutAConsole() {
    Box box = new Box(machine, "c1").config("lxc.console.path = none").started("-d");
    assertFalse(box.mount("/dev/console").isThere());
    assertEquals("/dev/null", box.inside("readlink /proc/1/fd/0"));
    assertEquals("/dev/null", box.inside("readlink /proc/1/fd/2"));
  }

  @Test
  void theConsoleCanBeAFile() {
    Path file = machine.home().resolve("console");
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.console.path = " + file,
                "lxc.init.cmd = /bin/sh -c 'echo to the console; exec sleep 999'")
            .started("-d");
    Machine.await("text", SOON, () -> Box.read(file).contains("to the console"));
    box.inside("echo by name > /dev/console");
    Machine.await("text", SOON, () -> Box.read(file).contains("by name"));
  }

  @Test
  void theOptionCTakesThePlaceOfTheConfiguredConsole() {
    Path file = machine.home().resolve("console");
    new Box(machine, "c1")
        .config("lxc.init.cmd = /bin/sh -c 'echo to the console; exec sleep 999'")
        .started("-d", "-c", file.toString());
    Machine.await("text", SOON, () -> Box.read(file).contains("to the console"));
  }

  @Test
  void theConsolesOutputIsCopiedToALog() {
    Path log = machine.home().resolve("log");
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.console.logfile = " + log,
                "lxc.init.cmd = /bin/sh -c 'echo first; exec sleep 999'")
            .started("-d");
    Machine.await("text", SOON, () -> Box.read(log).contains("first"));
    assertEquals("rw-------", permissions(log));
    box.stop().ok();
    Path other = machine.home().resolve("other");
    box.config("lxc.init.cmd = /bin/sh -c 'echo second; exec sleep 999'")
        .started("-d", "-L", other.toString());
    Machine.await("text", SOON, () -> Box.read(other).contains("second"));
  }

  private static String permissions(Path file) {
    try {
      return java.nio.file.attribute.PosixFilePermissions.toString(
          Files.getPosixFilePermissions(file));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aMappedContainersRootOwnsItsConsole() {
    Box box =
        new Box(machine, "c1")
            .mapped("lxc.tty.max = 1", "lxc.init.cmd = /bin/sleep 999")
            .shifted()
            .started("-d");
    assertEquals("0 5", box.inside("stat -c '%u %g' /dev/console"));
    assertEquals("0 5", box.inside("stat -c '%u %g' /dev/tty1"));
    box.inside("echo x > /dev/console; echo y > /dev/tty1");
  }
}
