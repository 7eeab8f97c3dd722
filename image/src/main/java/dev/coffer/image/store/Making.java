package dev.coffer.image.store;

import dev.coffer.linux.DirectoryTree;
import dev.coffer.linux.Errno;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.LockFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory beside the objects in which one is made. Its lock is held as long as its maker lives;
 * found without, it is what a killed maker left. The lock's name goes last.
 */
final class Making implements AutoCloseable {
  private static final String LOCK = ".lock";

  private final Path directory;
  private final Path file;
  private final LockFile lock;

  private Making(Path directory, Path file, LockFile lock) {
    this.directory = directory;
    this.file = file;
    this.lock = lock;
  }

  /** Waits until nobody else makes the same, and begins with an empty directory. */
  static Making begin(Path folder, String name) {
    Path file = folder.resolve(name + LOCK);
    while (true) {
      LockFile lock = LockFile.acquire(file, LockFile.Kind.RECORD);
      if (isCurrent(lock, file)) {
        Making making = new Making(folder.resolve(name), file, lock);
        DirectoryTree.remove(making.directory);
        HostFiles.mkdir(making.directory, 0700);
        return making;
      }
      lock.close(); // the maker before us took the name away between our opening and locking it
    }
  }

  /** Takes over what nobody is making any more; empty where somebody is. */
  static Optional<Making> takeOver(Path folder, String name) {
    Path file = folder.resolve(name + LOCK);
    Optional<LockFile> lock = LockFile.tryAcquire(file, LockFile.Kind.RECORD);
    if (lock.isPresent() && !isCurrent(lock.get(), file)) {
      lock.get().close();
      return Optional.empty();
    }
    return lock.map(held -> new Making(folder.resolve(name), file, held));
  }

  private static boolean isCurrent(LockFile lock, Path file) {
    try {
      return Files.isSameFile(Path.of("/proc/self/fd/" + lock.fd().number()), file);
    } catch (IOException e) {
      return false; // the name is gone
    }
  }

  /** The name of the directory that a lock file belongs to. */
  static String nameOf(String lockFile) {
    return lockFile.endsWith(LOCK)
        ? lockFile.substring(0, lockFile.length() - LOCK.length())
        : lockFile;
  }

  Path directory() {
    return directory;
  }

  /** Deletes what was not put into place. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted(); // deleting must not stop half-way
    try (lock) {
      DirectoryTree.remove(directory);
      HostFiles.unlink(file);
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
