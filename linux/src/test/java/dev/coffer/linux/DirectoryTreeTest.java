package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTreeTest {
  @TempDir Path temp;

  @Test
  void aTreeOfManyFilesAndDirectoriesIsRemoved() throws IOException {
    Path tree = Files.createDirectories(temp.resolve("tree"));
    for (int i = 0; i < 40; i++) {
      Path directory = Files.createDirectories(tree.resolve("d" + i + "/e"));
      for (int j = 0; j < 40; j++) {
        Files.createFile(directory.resolve("a file with a long name, number " + j));
      }
    }
    DirectoryTree.remove(tree);
    assertFalse(Files.exists(tree));
  }

  @Test
  void aVeryDeepTreeNeedsFewDescriptors() throws Exception {
    Path tree = Files.createDirectories(temp.resolve("tree"));
    Process shell =
        new ProcessBuilder(
                "sh", "-c", "i=0; while [ $i -lt 700 ]; do mkdir dir; cd -P dir; i=$((i+1)); done")
            .directory(tree.toFile())
            .start();
    assertEquals(0, shell.waitFor());
    DirectoryTree.remove(tree);
    assertFalse(Files.exists(tree));
  }

  @Test
  void aNameThatIsNotUtf8IsRemovedToo() throws Exception {
    Path tree = Files.createDirectories(temp.resolve("tree"));
    Process shell =
        new ProcessBuilder("bash", "-c", "touch $'\\xff\\xfe'; mkdir $'\\xe4'")
            .directory(tree.toFile())
            .start();
    assumeTrue(shell.waitFor() == 0, "needs bash");
    DirectoryTree.remove(tree);
    assertFalse(Files.exists(tree));
  }

  @Test
  void entriesToKeepStayAndSoDoesTheDirectory() throws IOException {
    Path tree = Files.createDirectories(temp.resolve("tree"));
    Files.createFile(tree.resolve("käse"));
    Files.createDirectories(tree.resolve("gone/käse"));
    assertTrue(DirectoryTree.clear(tree, Set.of("käse")));
    try (var entries = Files.list(tree)) {
      assertEquals(List.of(tree.resolve("käse")), entries.toList());
    }
  }

  @Test
  void whatDoesNotExistIsRemovedAlready() {
    DirectoryTree.remove(temp.resolve("nothing"));
    DirectoryTree.remove(temp.resolve("nothing/below"));
  }

  @Test
  void aLinkInsteadOfTheDirectoryIsRefused() throws IOException {
    Path target = Files.createDirectories(temp.resolve("target"));
    Path link = Files.createSymbolicLink(temp.resolve("link"), target);
    assertThrows(KernelException.class, () -> DirectoryTree.remove(link));
    assertTrue(Files.exists(target));
  }

  @Test
  void anInterruptStopsItAndASecondCallGoesOn() throws IOException {
    Path tree = Files.createDirectories(temp.resolve("tree"));
    Files.createFile(tree.resolve("file"));
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> DirectoryTree.remove(tree));
    assertTrue(Thread.interrupted());
    DirectoryTree.remove(tree);
    assertFalse(Files.exists(tree));
  }
}
