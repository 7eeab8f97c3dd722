package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a console printed: {@code coffer logs}, lxc.console.*, LXC's own ring buffer command. */
class ConsoleLogTest {
  private static final Duration SOON = Duration.ofSeconds(15);

  @RegisterExtension final Machine machine = new Machine();

  private Command logs(String... arguments) {
    var argv =
        new java.util.ArrayList<>(
            java.util.List.of(
                "coffer", "logs", "-P", machine.lxcpath().toString(), machine.name("c1")));
    argv.addAll(java.util.List.of(arguments));
    return machine.command(argv);
  }

  private void started(String script) {
    machine.lxc("start", "c1", "-d", "--", "/bin/sh", "-c", script).ok();
  }

  private void awaitStopped() {
    machine.lxc("wait", "c1", "-s", "STOPPED", "-t", "30").ok();
  }

  private static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void whatAConsolePrintedIsKeptAfterTheEndAndUntilTheNextStart() {
    new Box(machine, "c1");
    logs().run().exits(1);
    started("echo first; echo second; exit 3");
    awaitStopped();
    logs().run().ok().prints("first\r\nsecond\r\n").complains("");
    logs("-t", "1").run().ok().prints("second\r\n");
    machine.killEngine();
    logs().run().ok().prints("first\r\nsecond\r\n");
    started("echo third");
    awaitStopped();
    logs().run().ok().prints("third\r\n");
    machine.lxc("destroy", "c1").ok();
    assertFalse(Files.exists(machine.container("c1")));
    Outcome gone = logs().run().exits(1);
    assertTrue(gone.err().contains("it does not exist"), gone.err());
  }

  @Test
  void itIsFollowed() {
    Box box = new Box(machine, "c1");
    started("echo begin; while [ ! -e /go ]; do sleep 0.1; done; echo more; sleep 30");
    Command.Running following = logs("-f").start();
    Machine.await("begin", SOON, () -> following.printed().equals("begin\r\n"));
    Box.write(box.rootfs().resolve("go"), "");
    Machine.await("more", SOON, () -> following.printed().equals("begin\r\nmore\r\n"));
    following.process().destroy();
    machine.lxc("stop", "c1", "-k").ok();
    Outcome first =
        machine
            .run(
                "sh",
                "-c",
                "coffer logs -P "
                    + machine.lxcpath()
                    + " "
                    + machine.name("c1")
                    + " -f | head -n 1")
            .ok();
    assertEquals("begin", first.text());
  }

  @Test
  void aHundredMegabytesAreNotKeptAndNobodyWaitsForThem() {
    Box box = new Box(machine, "c1").config("lxc.console.buffer.size = 256KB");
    started("dd if=/dev/zero bs=1M count=100 2>/dev/null | tr '\\0' x; echo; echo the end");
    machine.killEngine();
    awaitStopped();
    long kept =
        size(box.configFile().resolveSibling("console.ring"))
            + size(box.configFile().resolveSibling("console.ring.1"));
    assertTrue(kept >= 256 << 10 && kept < (512 << 10) + 8192, kept + " bytes");
    String shown = logs().run().ok().out();
    assertEquals(kept, shown.length());
    assertTrue(shown.endsWith("xx\r\nthe end\r\n"), shown.substring(shown.length() - 40));
  }

  @Test
  void aReaderThatStopsReadingHoldsNothingUp() {
    new Box(machine, "c1");
    Command.Running stopped =
        machine
            .command(
                "sh",
                "-c",
                "lxc-start -P "
                    + machine.lxcpath()
                    + " -n "
                    + machine.name("c1")
                    + " -F -- /bin/sh -c 'dd if=/dev/zero bs=1M count=20 2>/dev/null | tr \"\\0\" x; echo over'"
                    + " | sleep 20")
            .start();
    Machine.await("over", Duration.ofSeconds(18), () -> logs().run().out().endsWith("over\r\n"));
    stopped.process().descendants().forEach(ProcessHandle::destroy);
    stopped.process().destroy();
  }

  @Test
  void theLogFileIsBoundedAndRotated() {
    Path file = machine.home().resolve("console.log");
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.console.logfile = " + file,
                "lxc.console.size = 64KB",
                "lxc.console.rotate = 1");
    started("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done");
    awaitStopped();
    Path older = file.resolveSibling("console.log.1");
    assertTrue(size(file) < (64 << 10) + 4096, size(file) + " bytes");
    assertTrue(size(older) >= 64 << 10, size(older) + " bytes");
    String all = Box.read(older) + Box.read(file);
    assertTrue(all.endsWith("line 19998\r\nline 19999\r\n"), all.substring(all.length() - 60));
    assertEquals(
        all, logs().run().ok().out().substring(logs().run().out().length() - all.length()));
    box.config("lxc.console.logfile = " + file);
    started("echo appended");
    awaitStopped();
    assertTrue(Box.read(file).endsWith("line 19999\r\nappended\r\n"));
  }

  @Test
  void withoutRotationTheFullLogFileBeginsAnew() {
    Path file = machine.home().resolve("console.log");
    new Box(machine, "c1").config("lxc.console.logfile = " + file, "lxc.console.size = 16KB");
    started("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done");
    awaitStopped();
    assertTrue(size(file) < (16 << 10) + 4096, size(file) + " bytes");
    assertFalse(Files.exists(file.resolveSibling("console.log.1")));
  }

  @Test
  void clientsOfLxcReadItAndClearIt() {
    assumeTrue(Lxc.hasPython(), "needs Debian's package python3-lxc");
    new Box(machine, "c1");
    started("echo one; while [ ! -e /go ]; do sleep 0.1; done; echo two; sleep 60");
    Machine.await("one", SOON, () -> logs().run().out().equals("one\r\n"));
    ask(false, 2, "0 b'on'");
    ask(false, 0, "0 b'e\\r\\n'");
    ask(false, 0, "-61 b''");
    Box.write(machine.container("c1").resolve("rootfs/go"), "");
    Machine.await("two", SOON, () -> logs().run().out().equals("one\r\ntwo\r\n"));
    ask(true, 0, "0 b'two\\r\\n'");
    ask(false, 0, "-61 b''");
    logs().run().ok().prints("");
  }

  /** What a client of the command socket gets, byte by byte as LXC's library sends it. */
  private void ask(boolean clear, int most, String expected) {
    String program =
        """
        import socket, struct, sys
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        s.connect('\\0' + sys.argv[1])
        s.sendall(struct.pack('=iiQ', 11, 24, 0) + struct.pack('=BB6xQB7x', %d, 1, %d, 0))
        head = s.recv(16, socket.MSG_WAITALL)
        ret, length, _ = struct.unpack('=iiQ', head)
        print(ret, s.recv(length, socket.MSG_WAITALL) if length else b'')
        """
            .formatted(clear ? 1 : 0, most);
    String socket = machine.container("c1") + "/command";
    machine.run("/usr/bin/python3", "-c", program, socket).ok().prints(expected + "\n");
  }
}
