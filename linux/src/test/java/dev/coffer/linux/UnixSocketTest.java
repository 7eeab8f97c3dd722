package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
  private static final int SELF = (int) ProcessHandle.current().pid();

  @TempDir Path directory;

  @Test
  void aClientReachesAListenerByPathAndIsKnown() throws Exception {
    Path path = directory.resolve("socket");
    try (UnixSocket listener = UnixSocket.listen(path, 0660);
        UnixSocket client = UnixSocket.connect(path);
        UnixSocket server = listener.accept()) {
      assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      assertEquals(SELF, server.peer().pid());
      client.send("hello".getBytes());
      ByteBuffer buffer = ByteBuffer.allocate(16);
      assertEquals(5, server.receive(buffer, new ArrayList<>()));
      assertEquals("hello", new String(buffer.array(), 0, buffer.position()));
    }
  }

  @Test
  void aPathThatIsTooLongForTheKernelWorksAllTheSame() throws Exception {
    Path deep =
        Files.createDirectories(directory.resolve("d".repeat(100)).resolve("e".repeat(100)));
    Path path = deep.resolve("socket");
    try (UnixSocket listener = UnixSocket.listen(path, 0600);
        UnixSocket client = UnixSocket.connect(path);
        UnixSocket server = listener.accept()) {
      assertTrue(client.fd().isOpen() && server.fd().isOpen());
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }
  }

  @Test
  void anAbstractNameIsTakenOnce() {
    String name = "coffer-test-" + SELF + "-once";
    try (UnixSocket listener = UnixSocket.listenAbstract(name, 4)) {
      KernelException e =
          assertThrows(KernelException.class, () -> UnixSocket.listenAbstract(name, 4));
      assertEquals("bind \"@" + name + "\": Address already in use (EADDRINUSE)", e.getMessage());
      try (UnixSocket client = UnixSocket.connectAbstract(name);
          UnixSocket server = listener.accept()) {
        assertEquals(SELF, server.peer().pid());
        assertEquals(SELF, client.peer().pid());
      }
    }
    KernelException e = assertThrows(KernelException.class, () -> UnixSocket.connectAbstract(name));
    assertEquals("connect \"@" + name + "\": Connection refused (ECONNREFUSED)", e.getMessage());
  }

  @Test
  void anAbstractNameMayFillTheAddressAndNoMore() {
    String longest = "coffer-test-" + SELF + "-";
    longest += "x".repeat(107 - longest.length());
    UnixSocket.listenAbstract(longest, 1).close();
    String longer = longest + "x";
    KernelException e =
        assertThrows(KernelException.class, () -> UnixSocket.listenAbstract(longer, 1));
    assertTrue(e.is(Errno.ENAMETOOLONG), e.getMessage());
  }

  @Test
  void noListenerMeansARefusal() {
    KernelException e =
        assertThrows(KernelException.class, () -> UnixSocket.connect(directory.resolve("none")));
    assertTrue(e.is(Errno.ENOENT), e.getMessage());
  }

  @Test
  void virtualThreadsMayWaitHereToo() throws Exception {
    Path path = directory.resolve("socket");
    try (UnixSocket listener = UnixSocket.listen(path, 0600)) {
      Thread client =
          Thread.ofVirtual()
              .start(() -> {
                try (UnixSocket socket = UnixSocket.connect(path)) {
                  Frame.of(1, new byte[5]).write(socket);
                }
              });
      Thread server =
          Thread.ofVirtual()
              .start(() -> {
                try (UnixSocket socket = listener.accept()) {
                  assertEquals(5, Frame.read(socket).payload().length);
                }
              });
      client.join();
      server.join();
    }
  }

  @Test
  void whatABlockingCallThrowsReachesTheVirtualThread() throws Exception {
    Throwable[] thrown = new Throwable[1];
    Thread.ofVirtual()
        .uncaughtExceptionHandler((thread, e) -> thrown[0] = e)
        .start(() -> UnixSocket.connect(directory.resolve("none")))
        .join();
    assertTrue(
        thrown[0] instanceof KernelException e && e.is(Errno.ENOENT), String.valueOf(thrown[0]));
  }

  @Test
  void acceptingEndsWithItsTimeAndWithAShutdown() throws Exception {
    try (UnixSocket listener = UnixSocket.listen(directory.resolve("s"), 0600)) {
      assertEquals(Optional.empty(), listener.accept(1));
      Thread closer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  Thread.sleep(50);
                } catch (InterruptedException e) {
                  return;
                }
                listener.shutdown();
              });
      KernelException e = assertThrows(KernelException.class, listener::accept);
      assertTrue(e.is(Errno.EINVAL), e.getMessage());
      closer.join();
    }
  }

  @Test
  void descriptorsTravelWithTheFirstByte() throws Exception {
    int before = OpenFds.count();
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket left = pair[0];
        UnixSocket right = pair[1];
        Fd file = Memfd.sealed("coffer-test", "passed on".getBytes())) {
      int[] many = IntStream.range(0, Ancillary.MOST_FDS).map(i -> file.number()).toArray();
      left.send(new byte[] {1, 2, 3}, many);
      List<Fd> fds = new ArrayList<>();
      byte[] bytes = new byte[8];
      assertEquals(3, right.receive(bytes, fds));
      assertArrayEquals(new byte[] {1, 2, 3, 0, 0, 0, 0, 0}, bytes);
      assertEquals(many.length, fds.size());
      assertEquals(
          "passed on", HostFiles.readSmall(Path.of("/proc/self/fd/" + fds.getLast().number())));
      Fds.close(fds);
    }
    assertEquals(before, OpenFds.count());
  }

  @Test
  void aListThatTakesNoDescriptorsLeavesNoneOpen() throws Exception {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket left = pair[0];
        UnixSocket right = pair[1]) {
      int before = OpenFds.count();
      left.send(new byte[1], left.fd().number(), right.fd().number());
      assertThrows(
          UnsupportedOperationException.class, () -> right.receive(new byte[1], List.of()));
      assertEquals(before, OpenFds.count());
    }
  }

  @Test
  void whereTheLimitCutsDescriptorsOffNoneStaysOpen() {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket left = pair[0];
        UnixSocket right = pair[1]) {
      // Once without the limit, so that no class must be loaded where no file can be opened.
      assertThrows(KernelException.class, () -> Call.checked("recvmsg", null, -24));
      left.send(new byte[1], left.fd().number());
      right.receive(1).close();
      left.send(
          new byte[1],
          Collections.nCopies(200, left.fd().number()).stream().mapToInt(n -> n).toArray());
      int before = OpenFds.count();
      long limit = softLimit(before + 60);
      KernelException e;
      try {
        e = assertThrows(KernelException.class, () -> right.receive(1));
      } finally {
        softLimit(limit);
      }
      assertEquals("recvmsg: Too many open files (EMFILE)", e.getMessage());
      assertEquals(before, OpenFds.count());
    }
  }

  /** Sets the soft limit of open files; returns the one before. */
  private static long softLimit(long wanted) {
    try (Call call = new Call()) {
      int noFile = 7;
      MemorySegment old = call.allocate(16);
      call.check(Sys.PRLIMIT64, 0, noFile, 0, old.address());
      MemorySegment limit = call.allocate(16).copyFrom(old);
      limit.set(ValueLayout.JAVA_LONG, 0, wanted);
      call.check(Sys.PRLIMIT64, 0, noFile, limit.address());
      return old.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  @Test
  void theKernelVouchesForTheSender() throws Exception {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket left = pair[0];
        UnixSocket right = pair[1]) {
      right.passCredentials(true);
      left.send(new byte[1], left.fd().number());
      try (Received received = right.receive(10)) {
        assertEquals(SELF, received.sender().orElseThrow().pid());
        assertEquals(1, received.fds().size());
        assertFalse(received.atEnd());
      }
    }
  }

  @Test
  void theEndOfTheStreamIsMinusOneAndSendingThereIsEpipe() throws Exception {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket right = pair[1]) {
      pair[0].close();
      assertEquals(-1, right.receive(new byte[1], new ArrayList<>()));
      KernelException e = assertThrows(KernelException.class, () -> right.send(new byte[1]));
      assertEquals("sendmsg: Broken pipe (EPIPE)", e.getMessage());
    }
  }
}
