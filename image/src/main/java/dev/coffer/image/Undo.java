package dev.coffer.image;

import dev.coffer.linux.DirectoryTree;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/** What has to be taken back if something fails later, last thing first. */
final class Undo {
  /** One thing to take back. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  private final Deque<Action> actions = new ArrayDeque<>();

  void add(Action action) {
    actions.push(action);
  }

  /** Makes the directory; taken back if it is empty then. */
  void createDirectory(Path directory, String mode) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(directory)) {
        return;
      }
      throw e;
    }
    add(() -> removeIfEmpty(directory));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
  }

  /** Makes the directory and the missing ones above it. */
  void createDirectories(Path directory) throws IOException {
    if (directory != null && !Files.isDirectory(directory)) {
      createDirectories(directory.getParent());
      createDirectory(directory, "rwxr-xr-x");
    }
  }

  /** What is in the directory then is deleted. */
  void clearing(Path directory, Set<String> keep) {
    add(() -> DirectoryTree.clear(directory, keep));
  }

  /** Takes all back; what fails of that stands beside the first failure. */
  void run(Exception first) {
    boolean interrupted = Thread.interrupted(); // the clean-up itself must not stop half-way
    while (!actions.isEmpty()) {
      try {
        actions.pop().run();
      } catch (IOException | RuntimeException e) {
        first.addSuppressed(e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes a directory that may be there. */
  static void makeDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(directory);
    }
  }

  static void removeIfEmpty(Path directory) throws IOException {
    try {
      Files.delete(directory);
    } catch (DirectoryNotEmptyException | NoSuchFileException e) {
      // Someone else has begun to use it, or deleted it: not ours any more.
    }
  }
}
