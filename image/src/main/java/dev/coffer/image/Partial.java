package dev.coffer.image;

import dev.coffer.linux.Errno;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.LockFile;
import dev.coffer.linux.OpenFlags;
import dev.coffer.model.CofferException;
import dev.coffer.storage.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The file {@code partial} in a container's directory, locked while the container is being made.
 * Found without a lock it says that the maker died. Coffer's also holds a line for each directory
 * elsewhere that was made for the container; LXC's is empty.
 */
final class Partial implements AutoCloseable {
  static final String NAME = "partial";

  private static final String STORE = "store ";
  private static final String MOUNT = "mount ";
  private static final int LONGEST = 64 * 1024;

  private final Path file;
  private final LockFile lock;

  private Partial(Path file, LockFile lock) {
    this.file = file;
    this.lock = lock;
  }

  /** Marks the directory; fails if someone else does so at this moment. */
  static Partial create(Path directory) {
    Path file = directory.resolve(NAME);
    try {
      int flags =
          OpenFlags.READ_WRITE | OpenFlags.CREATE | OpenFlags.EXCLUSIVE | OpenFlags.NO_FOLLOW;
      return new Partial(
          file,
          LockFile.tryAcquire(file, LockFile.Kind.RECORD, flags, 0600)
              .orElseThrow(() -> ongoing()));
    } catch (KernelException e) {
      throw e.is(Errno.EEXIST) ? ongoing() : e;
    }
  }

  /**
   * Takes over what a dead maker left.
   *
   * @return empty if no creation was begun here
   */
  static Optional<Partial> takeOver(Path directory) {
    Path file = directory.resolve(NAME);
    if (!HostFiles.existsItself(file)) {
      return Optional.empty();
    }
    try {
      int flags = OpenFlags.READ_WRITE | OpenFlags.NO_FOLLOW;
      LockFile lock =
          LockFile.tryAcquire(file, LockFile.Kind.RECORD, flags, 0).orElseThrow(() -> ongoing());
      if (isCurrent(lock, file)) {
        return Optional.of(new Partial(file, lock));
      }
      lock.close();
      return Optional.empty();
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether the maker did not finish, and delete the file, between our opening and locking it. */
  private static boolean isCurrent(LockFile lock, Path file) {
    try {
      return Files.isSameFile(Path.of("/proc/self/fd/" + lock.fd().number()), file);
    } catch (IOException e) {
      return false; // the name is gone
    }
  }

  /** Notes, before it is made, a directory elsewhere that goes away with the container. */
  void note(Path directory) {
    lock.fd().writeFully(directory + "\n");
  }

  /** Notes, before it is made, a store that goes away with the container. */
  void note(Store store) {
    lock.fd().writeFully(STORE + store.describe() + "\n");
  }

  /** Notes, before anything else happens, what is mounted for the time of the creation. */
  void noteMount(Path mountPoint) {
    lock.fd().writeFully(MOUNT + mountPoint + "\n");
  }

  /** The stores noted; as of directories, only the notes of one's own and root's are believed. */
  List<Store> stores() {
    return lines(STORE).map(Store::parse).flatMap(Optional::stream).toList();
  }

  /** The mounts noted. */
  List<Path> mounts() {
    return lines(MOUNT).map(Path::of).toList();
  }

  /**
   * The directories noted. Somebody else, whose folder this may be, could note any: then none is
   * believed, and what was made elsewhere stays.
   */
  List<Path> noted() {
    return lines("/").map(line -> Path.of("/" + line)).toList();
  }

  /** What follows a word at the beginning of a line. */
  private Stream<String> lines(String word) {
    return read()
        .lines()
        .filter(line -> line.startsWith(word))
        .map(line -> line.substring(word.length()));
  }

  private String read() {
    Path again = Path.of("/proc/self/fd/" + lock.fd().number());
    return Ownership.isTrusted(again) ? HostFiles.readAtMost(again, LONGEST) : "";
  }

  /** The container is complete, or gone. */
  void remove() {
    try {
      HostFiles.unlink(file);
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    lock.close();
  }

  private static CofferException ongoing() {
    return new CofferException(
        "Ongoing container creation detected",
        List.of("hint  wait until the other creation has ended"));
  }
}
