package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFilesTest {
  @TempDir Path folder;

  @Test
  void aLinkThatLeadsNowhereIsThereItself() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
    assertFalse(HostFiles.exists(link));
    for (int i = 0; i < 1000; i++) { // the kernel writes no more than there is room for
      assertTrue(HostFiles.existsItself(link));
    }
    assertFalse(HostFiles.existsItself(folder.resolve("nowhere")));
    assertFalse(HostFiles.existsItself(link.resolve("below")));
  }

  @Test
  void onlyWhatIsThereGetsAnOwner() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertTrue(HostFiles.chownIfThere(file, -1, -1));
    assertFalse(HostFiles.chownIfThere(folder.resolve("other"), -1, -1));
    KernelException refused =
        assertThrows(
            KernelException.class, () -> HostFiles.chownIfThere(file.resolve("below"), -1, -1));
    assertEquals(
        "fchownat \"" + file.resolve("below") + "\": Not a directory (ENOTDIR)",
        refused.getMessage());
  }
}
