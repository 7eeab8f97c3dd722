package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpawnTest {
  @Test
  void aChildsExitCodeIsReported() {
    WaitStatus status = Spawn.waitFor(sh("exit 3").start());
    assertTrue(status.exited());
    assertEquals(3, status.code());
    assertEquals("exited with 3", status.describe());
  }

  @Test
  void aChildsSignalIsReported() {
    WaitStatus status = Spawn.waitFor(sh("kill -9 $$").start());
    assertFalse(status.exited());
    assertEquals(137, status.shellCode());
    assertEquals("was killed by signal 9", status.describe());
  }

  @Test
  void aMissingProgramIsTheCallersError() {
    KernelException e =
        assertThrows(KernelException.class, () -> Spawn.of(List.of("/nonexistent")).start());
    assertEquals(
        "posix_spawn \"/nonexistent\": No such file or directory (ENOENT)", e.getMessage());
  }

  @Test
  void aChildHasTheEnvironmentAndDirectoryItWasGiven() {
    assertEquals(
        "A=1 /usr\n",
        output(
            sh("echo A=$A $(pwd)").withEnvironment(List.of("A=1")).withDirectory(Path.of("/usr"))));
  }

  @Test
  void aChildSeesNoDescriptorButItsOwn() throws Exception {
    try (FileInputStream leaky = new FileInputStream("/dev/zero");
        Fd null5 = HostFiles.open(Path.of("/dev/null"), OpenFlags.READ_ONLY, 0)) {
      assertTrue(leaky.getFD().valid());
      // 3 is ls's own, on /proc/self/fd
      assertEquals(
          "0\n1\n2\n3\n5\n",
          output(Spawn.of(List.of("/bin/ls", "/proc/self/fd")).withFd(5, null5)));
    }
  }

  @Test
  void descriptorsMayTradePlaces() throws Exception {
    try (Fd one = Memfd.sealed("one", "one\n".getBytes());
        Fd two = Memfd.sealed("two", "two\n".getBytes())) {
      Spawn spawn =
          sh("cat /proc/self/fd/" + one.number() + " /proc/self/fd/" + two.number())
              .withFd(one.number(), two)
              .withFd(two.number(), one);
      assertEquals("two\none\n", output(spawn));
    }
  }

  @Test
  void aNewSessionIsTheChildsOwn() {
    String stat = output(Spawn.of(List.of("/bin/cat", "/proc/self/stat")).inNewSession());
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    assertEquals(stat.substring(0, stat.indexOf(' ')), fields[3]);
  }

  @Test
  void aChildStartsWithNoSignalBlockedOrIgnored() {
    String status = output(Spawn.of(List.of("/bin/grep", "Sig[BI]", "/proc/self/status")));
    assertEquals("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", status);
  }

  @Test
  void waitingForAChildHasATimeLimit() {
    int pid = Spawn.of(List.of("/bin/sleep", "1000")).start();
    assertEquals(Optional.empty(), Spawn.waitFor(pid, 10));
    try (Pidfd process = Pidfd.open(pid).orElseThrow()) {
      assertTrue(process.sendSignal(9));
      assertTrue(process.awaitEnd(10_000));
      assertEquals(9, Spawn.waitFor(pid, 10_000).orElseThrow().signal());
      assertFalse(process.sendSignal(9));
    }
    assertEquals(Optional.empty(), Pidfd.open(pid));
  }

  private static Spawn sh(String script) {
    return Spawn.of(List.of("/bin/sh", "-c", script));
  }

  private static String output(Spawn spawn) {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket in = pair[0]) {
      int pid;
      try (UnixSocket out = pair[1]) {
        pid = spawn.withFd(1, out.fd()).start();
      }
      String text = new String(in.fd().readAll());
      assertEquals(0, Spawn.waitFor(pid).raw());
      return text;
    }
  }
}
