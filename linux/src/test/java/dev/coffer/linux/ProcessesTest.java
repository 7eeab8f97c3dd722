package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
  @TempDir Path directory;

  @Test
  void aProcessIsTheSameOnlyWithItsStartTime() {
    int pid = Spawn.of(List.of("/bin/sleep", "1000")).start();
    long started = Processes.startTime(pid).orElseThrow();
    assertTrue(Processes.alive(pid, started));
    assertFalse(Processes.alive(pid, started - 1));
    assertEquals(List.of("/bin/sleep", "1000"), commandLine(pid));
    assertTrue(Processes.sendSignal(pid, 9));
    try (Pidfd process = Pidfd.open(pid).orElseThrow()) {
      assertTrue(process.awaitEnd(-1));
    }
    assertFalse(Processes.alive(pid, started), "a zombie");
    assertTrue(Processes.status(pid).orElseThrow().isZombie());
    Spawn.waitFor(pid);
    assertEquals(OptionalLong.empty(), Processes.startTime(pid));
    assertEquals(Optional.empty(), Processes.status(pid));
    assertFalse(Processes.sendSignal(pid, 9));
  }

  @Test
  void theNameOfAProgramMayLookLikeTheRestOfTheLine() throws Exception {
    Path odd = directory.resolve("a) Z 1 (b");
    Files.copy(Path.of("/bin/sleep"), odd);
    int pid = Spawn.of(List.of(odd.toString(), "1000")).start();
    try {
      assertTrue(Processes.alive(pid, Processes.startTime(pid).orElseThrow()));
      assertEquals(Optional.of(odd), Processes.exe(pid));
    } finally {
      Processes.sendSignal(pid, 9);
      Spawn.waitFor(pid);
    }
  }

  @Test
  void thisProcessIsDescribed() {
    ProcessStatus self = Processes.status(Processes.self()).orElseThrow();
    assertEquals("java", self.name());
    assertEquals(ProcessHandle.current().parent().orElseThrow().pid(), self.parent());
    assertEquals(Processes.self(), self.nestedPids().getFirst());
    assertEquals(HostProbe.read().uid(), self.uid());
  }

  @Test
  void aUidThatNoIntHoldsIsKept() {
    ProcessStatus status =
        ProcessStatus.parse(
            """
            Name:\tx
            State:\tS (sleeping)
            Pid:\t7
            PPid:\t1
            Uid:\t4294967295\t0\t0\t0
            Gid:\t0\t0\t0\t0
            CapEff:\tffffffffffffffff
            """);
    assertEquals(-1, status.uids().getFirst());
    assertEquals(List.of(7), status.nestedPids());
    assertEquals(-1L, status.effective());
  }

  @Test
  void programsAreFoundByName() {
    assertEquals(
        Path.of("/bin/sh"), Programs.find("sh", "relative:/nonexistent:/bin").orElseThrow());
    assertTrue(Programs.find("sh", "").isPresent());
    assertEquals(Optional.empty(), Programs.find("no-such-program"));
  }

  @Test
  void thisHostIsProbed() {
    HostProbe host = HostProbe.read();
    assertTrue(host.isKernelAtLeast(5, 15), host.toString());
    assertFalse(host.isKernelAtLeast(99, 0));
    assertTrue(host.fileSystems().containsAll(Set.of("proc", "tmpfs")), host.toString());
    assertTrue(host.lastCapability() >= 40, host.toString());
    assertTrue(SlowProbe.hasMountApi());
    assertTrue(SlowProbe.hasIdMappedMounts());
    assertTrue(SlowProbe.hasOpenat2());
    assertTrue(SlowProbe.hasClone3());
    assertTrue(SlowProbe.hasFileSystem("tmpfs"));
    assertFalse(SlowProbe.hasFileSystem("nosuchfs"));
    assertEquals(OptionalLong.empty(), HostProbe.sysctl("kernel/no_such_thing"));
  }

  @Test
  void fileSystemsAreListedWithAndWithoutADevice() {
    assertEquals(Set.of("sysfs", "ext4"), HostProbe.fileSystems("nodev\tsysfs\n\text4\n"));
  }

  /** posix_spawn(3) returns while execve(2) is still setting up the arguments. */
  private static List<String> commandLine(int pid) {
    Deadline deadline = new Deadline(Duration.ofSeconds(20));
    List<String> arguments;
    while ((arguments = Processes.commandLine(pid).orElseThrow()).isEmpty()) {
      assertTrue(deadline.pause(1), "in time");
    }
    return arguments;
  }
}
