package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeCopyTest {
  @TempDir Path temp;
  private Path from;
  private Path to;

  @BeforeEach
  void directories() throws IOException {
    from = Files.createDirectory(temp.resolve("from"));
    to = Files.createDirectory(temp.resolve("to"));
  }

  @Test
  void contentModesAndTimesAreTheSame() throws IOException {
    Path file = Files.createDirectories(from.resolve("a/b")).resolve("file");
    Files.write(file, new byte[] {1, 2, 3});
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
    FileTime old = FileTime.fromMillis(1_000_000_000_123L);
    Files.setLastModifiedTime(file, old);
    Files.setLastModifiedTime(from.resolve("a"), old);
    TreeCopy.copy(from, to);
    Path copy = to.resolve("a/b/file");
    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(copy));
    assertEquals("rwxr-x--x", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)));
    assertEquals(old, Files.getLastModifiedTime(copy));
    assertEquals(old, Files.getLastModifiedTime(to.resolve("a")));
  }

  @Test
  void namesOfOneFileStayNamesOfOneFile() throws IOException {
    Path first = Files.writeString(Files.createDirectory(from.resolve("d")).resolve("first"), "x");
    Files.createLink(from.resolve("second"), first);
    TreeCopy.copy(from, to);
    assertTrue(Files.isSameFile(to.resolve("d/first"), to.resolve("second")));
    assertEquals(2, Files.getAttribute(to.resolve("second"), "unix:nlink"));
  }

  @Test
  void linksAreCopiedAndNotFollowed() throws IOException {
    Files.createSymbolicLink(from.resolve("out"), Path.of("/etc"));
    Files.createSymbolicLink(from.resolve("nowhere"), Path.of("../../nowhere"));
    TreeCopy.copy(from, to);
    assertEquals(Path.of("/etc"), Files.readSymbolicLink(to.resolve("out")));
    assertEquals(Path.of("../../nowhere"), Files.readSymbolicLink(to.resolve("nowhere")));
  }

  @Test
  void holesStayHoles() throws IOException {
    try (var file = new RandomAccessFile(from.resolve("sparse").toFile(), "rw")) {
      file.seek(8 << 20);
      file.write(7);
      file.setLength(64 << 20);
    }
    TreeCopy.copy(from, to);
    Path copy = to.resolve("sparse");
    assertEquals(64 << 20, Files.size(copy));
    assertTrue(HostFiles.allocated(copy) < 1 << 20, "allocated " + HostFiles.allocated(copy));
    try (var file = new RandomAccessFile(copy.toFile(), "r")) {
      file.seek(8 << 20);
      assertEquals(7, file.read());
    }
  }

  @Test
  void manyFilesInManyDirectoriesAllArrive() throws IOException {
    for (int i = 0; i < 200; i++) {
      Path directory = Files.createDirectories(from.resolve("d" + i + "/e"));
      for (int k = 0; k < 5; k++) {
        Files.writeString(directory.resolve("f" + k), "content " + i + " " + k);
      }
    }
    TreeCopy.copy(from, to);
    for (int i = 0; i < 200; i++) {
      assertEquals("content " + i + " 4", Files.readString(to.resolve("d" + i + "/e/f4")));
    }
  }

  @Test
  void ownersAttributesAndDevicesAreKeptOrShifted() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    Path file = Files.writeString(from.resolve("file"), "x");
    Files.setAttribute(file, "unix:uid", 5);
    Files.setAttribute(file, "user:note", java.nio.ByteBuffer.wrap(new byte[] {(byte) 0xff, 0}));
    run("setcap", "cap_net_raw+ep", file.toString());
    run("mknod", from.resolve("null").toString(), "c", "1", "3");
    run("mkfifo", from.resolve("pipe").toString());
    TreeCopy.copy(from, to, uid -> uid + 100_000, gid -> gid);
    Path copy = to.resolve("file");
    assertEquals(100_005, Files.getAttribute(copy, "unix:uid"));
    assertArrayEquals(new byte[] {(byte) 0xff, 0}, (byte[]) Files.getAttribute(copy, "user:note"));
    assertTrue(
        CommandOutput.of(
                java.util.List.of(
                    Programs.find("getcap").orElseThrow().toString(), copy.toString()),
                java.util.List.of())
            .output()
            .contains("cap_net_raw"));
    assertEquals(
        Files.getAttribute(from.resolve("null"), "unix:rdev"),
        Files.getAttribute(to.resolve("null"), "unix:rdev", LinkOption.NOFOLLOW_LINKS));
    assertTrue(Files.readAttributes(to.resolve("pipe"), "*").get("isOther").equals(true));
  }

  private static void run(String... argv) {
    var words = new java.util.ArrayList<>(java.util.List.of(argv));
    words.set(0, Programs.find(argv[0]).orElseThrow().toString());
    assertEquals(0, CommandOutput.of(words, java.util.List.of()).status().shellCode());
  }

  @Test
  void anInterruptEndsIt() throws IOException {
    Files.createDirectories(from.resolve("a/b/c"));
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> TreeCopy.copy(from, to));
    assertTrue(Thread.interrupted());
  }

  @Test
  void whatIsInTheWayIsNamed() throws IOException {
    Files.writeString(from.resolve("file"), "x");
    Files.writeString(to.resolve("file"), "y");
    KernelException e = assertThrows(KernelException.class, () -> TreeCopy.copy(from, to));
    assertTrue(e.getMessage().contains("file"), e.getMessage());
    assertEquals("y", Files.readString(to.resolve("file")));
  }
}
