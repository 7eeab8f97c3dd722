package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An exclusive lock on a whole file that belongs to the open file, fcntl(2) F_OFD_SETLK: it holds against
 * other threads too, and ends with the descriptor however the process ends.
 */
public final class FileLock implements AutoCloseable {
  private static final int F_OFD_SETLK = 37;
  private static final short F_WRLCK = 1;
  private static final int FLOCK_SIZE = 32; // struct flock: type, whence, start, len, pid

  private final Fd fd;

  private FileLock(Fd fd) {
    this.fd = fd;
  }

  /**
   * Opens the file and locks it.
   *
   * @param flags of {@link OpenFlags}, write access among them
   * @param mode of a file that is created
   * @return empty if someone else has the lock
   */
  public static Optional<FileLock> acquire(Path path, int flags, int mode) {
    Fd fd = HostFiles.open(path, flags, mode);
    try (Call call = new Call()) {
      MemorySegment flock = call.allocate(FLOCK_SIZE);
      flock.set(JAVA_SHORT, 0, F_WRLCK);
      flock.set(JAVA_LONG, 8, 0);
      long result = call.run(Sys.FCNTL, fd.number(), F_OFD_SETLK, flock.address());
      if (result == -Errno.EAGAIN.number() || result == -Errno.EACCES.number()) {
        fd.close();
        return Optional.empty();
      }
      Call.checked("fcntl", path.toString(), result);
      return Optional.of(new FileLock(fd));
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /** The locked file. */
  public Fd fd() {
    return fd;
  }

  /** Gives the lock up. */
  @Override
  public void close() {
    fd.close();
  }
}
