package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStampTest {
  @TempDir Path directory;

  @Test
  void aFileAtRestKeepsItsStamp() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "one");
    assertEquals(FileStamp.read(file), FileStamp.read(file));
    assertEquals(3, FileStamp.read(file).orElseThrow().size());
  }

  @Test
  void whatReplacesItHasAnotherStampEvenWithItsTimes() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "one");
    Path other = Files.writeString(directory.resolve("other"), "two");
    Optional<FileStamp> before = FileStamp.read(file);
    FileTime time = Files.getLastModifiedTime(file);
    Files.setLastModifiedTime(other, time);
    Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertNotEquals(before, FileStamp.read(file));
  }

  @Test
  void aChangeIsSeenInTheTimeOfTheInode() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "one");
    FileStamp stamp = FileStamp.read(file).orElseThrow();
    assertFalse(stamp.changedBefore(System.currentTimeMillis() - 60_000));
    assertTrue(stamp.changedBefore(System.currentTimeMillis() + 60_000));
  }

  @Test
  void whatIsNotThereHasNone() {
    assertEquals(Optional.empty(), FileStamp.read(directory.resolve("nothing")));
  }
}
