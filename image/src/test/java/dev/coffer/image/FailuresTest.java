package dev.coffer.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private static final String FULL =
      "hint  its file system is full: free some of it, or choose another by -P or --dir";

  @Test
  void aFullDiskIsToldWithTheFileThatWasWritten() {
    Path full = Path.of("/dev/full");
    IOException e =
        assertThrows(
            IOException.class,
            () -> Failures.naming(full, () -> Files.write(full, new byte[] {1})));
    assertEquals(
        List.of("cause  \"/dev/full\": No space left on device (ENOSPC)", FULL),
        Failures.details(e));
  }

  @Test
  void aCopyThatFailsIsToldWithBothFiles() {
    assertEquals(
        List.of("cause  \"/usr/bin/busybox\" to \"/c/b\": No space left on device (ENOSPC)", FULL),
        Failures.details(
            new FileSystemException("/usr/bin/busybox", "/c/b", "No space left on device")));
  }

  @Test
  void theNameThatWasThereStays() {
    Path missing = Path.of("/nowhere/at/all");
    IOException e =
        assertThrows(
            IOException.class,
            () -> Failures.naming(Path.of("/other"), () -> Files.readAllBytes(missing)));
    assertEquals("\"/nowhere/at/all\": No such file or directory (ENOENT)", Failures.describe(e));
    assertEquals(
        "\"/x\": No such file or directory (ENOENT)",
        Failures.describe(new NoSuchFileException("/x")));
  }

  @Test
  void whatIsNotTheKernelsStaysAsItIs() {
    assertEquals("it went wrong", Failures.describe(new IOException("it went wrong")));
    assertEquals(
        "\"/x\": it went wrong",
        Failures.describe(new FileSystemException("/x", null, "it went wrong")));
  }
}
