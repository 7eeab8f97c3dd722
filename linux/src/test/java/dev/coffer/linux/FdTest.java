package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FdTest {
  @TempDir Path directory;

  @Test
  void aFailureNamesTheCallTheFileAndTheKernelsWord() {
    Path missing = directory.resolve("missing");
    KernelException e = assertThrows(KernelException.class, () -> HostFiles.openPath(missing));
    assertEquals("openat \"" + missing + "\": No such file or directory (ENOENT)", e.getMessage());
    assertTrue(e.is(Errno.ENOENT));
    assertEquals("openat", e.call());
  }

  @Test
  void whatIsWrittenCanBeReadBack() {
    Path file = directory.resolve("file");
    byte[] bytes = new byte[300_000];
    new Random(1).nextBytes(bytes);
    try (Fd fd = HostFiles.open(file, OpenFlags.WRITE_ONLY | OpenFlags.CREATE, 0600)) {
      fd.writeFully(bytes);
    }
    try (Fd fd = HostFiles.open(file, OpenFlags.READ_ONLY, 0)) {
      assertArrayEquals(bytes, fd.readAll());
    }
  }

  @Test
  void everyDescriptorIsCloseOnExec() throws Exception {
    try (Fd fd = HostFiles.open(Path.of("/dev/null"), OpenFlags.READ_ONLY, 0);
        Fd copy = fd.duplicate();
        UnixSocket socket =
            UnixSocket.listenAbstract("coffer-test-" + ProcessHandle.current().pid(), 1);
        Fd memory = Memfd.sealed("coffer-test", new byte[1]);
        Pty pty = Pty.open()) {
      for (Fd each : new Fd[] {fd, copy, socket.fd(), memory, pty.master(), pty.slave()}) {
        assertTrue(closeOnExec(each), each.toString());
      }
    }
  }

  @Test
  void aClosedDescriptorIsNotUsedAgain() {
    Fd fd = HostFiles.openPath(directory);
    fd.close();
    fd.close();
    assertFalse(fd.isOpen());
    assertThrows(IllegalStateException.class, fd::number);
    assertThrows(IllegalStateException.class, fd::release);
  }

  @Test
  void aReleasedDescriptorStaysOpen() {
    Fd fd = HostFiles.openPath(directory);
    int number = fd.release();
    fd.close();
    try (Fd again = Fd.of(number)) {
      again.duplicate().close();
    }
  }

  @Test
  void aFullNonBlockingPipeIsWaitedFor() throws Exception {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket left = pair[0];
        UnixSocket right = pair[1]) {
      left.fd().nonBlocking(true);
      byte[] bytes = new byte[4 << 20];
      new Random(2).nextBytes(bytes);
      Thread writer = Thread.ofPlatform().start(() -> left.fd().writeFully(bytes));
      byte[] read = new byte[bytes.length];
      for (int at = 0; at < read.length; ) {
        at += right.fd().read(read, at, read.length - at);
      }
      writer.join();
      assertArrayEquals(bytes, read);
    }
  }

  @Test
  void virtualThreadsDoNotHoldTheirCarriersWhileTheyWait() throws Exception {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket left = pair[0];
        UnixSocket right = pair[1]) {
      int many = 4 * Runtime.getRuntime().availableProcessors();
      Thread[] readers = new Thread[many];
      for (int i = 0; i < many; i++) {
        readers[i] = Thread.ofVirtual().start(() -> left.fd().read(new byte[1]));
      }
      Thread writer = Thread.ofVirtual().start(() -> right.fd().writeFully(new byte[many]));
      writer.join();
      for (Thread reader : readers) {
        reader.join();
      }
    }
  }

  @Test
  void directoriesAndSmallFilesAreMadeAndRemoved() throws Exception {
    Path made = directory.resolve("made");
    HostFiles.mkdir(made, 0700);
    HostFiles.chmod(made, 0711);
    HostFiles.chown(made, -1, -1);
    assertEquals(
        "rwx--x--x",
        java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
    Path file = Files.createFile(made.resolve("file"));
    HostFiles.writeSmall(file, "grüße\n");
    assertEquals("grüße\n", HostFiles.readSmall(file));
    HostFiles.unlink(file);
    HostFiles.rmdir(made);
    assertFalse(Files.exists(made));
  }

  @Test
  void aNulInAPathIsRefused() {
    try (Call call = new Call()) {
      assertThrows(IllegalArgumentException.class, () -> call.text("a\0b"));
    }
  }

  @Test
  void aSealedMemoryFileCannotBeChanged() {
    try (Fd fd = Memfd.sealed("coffer-test", "content".getBytes())) {
      KernelException e = assertThrows(KernelException.class, () -> fd.writeFully("x"));
      assertEquals("write: Operation not permitted (EPERM)", e.getMessage());
      assertEquals("content", HostFiles.readSmall(Path.of("/proc/self/fd/" + fd.number())));
    }
  }

  private static boolean closeOnExec(Fd fd) throws Exception {
    String info = Files.readString(Path.of("/proc/self/fdinfo/" + fd.number()));
    String flags = info.lines().filter(l -> l.startsWith("flags:")).findFirst().orElseThrow();
    return (Integer.parseInt(flags.substring(6).strip(), 8) & OpenFlags.CLOSE_ON_EXEC) != 0;
  }
}
