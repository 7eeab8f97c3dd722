package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An exclusive lock on a file that exists for nothing else, held until closed or until this process
 * ends. The file stays: removing it would let two processes hold "the" lock.
 */
public final class LockFile implements AutoCloseable {
  private static final int F_OFD_SETLK = 37;
  private static final int F_OFD_SETLKW = 38;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;
  private static final short F_WRLCK = 1;
  private static final int FLAGS = OpenFlags.READ_WRITE | OpenFlags.CREATE | OpenFlags.NO_FOLLOW;
  private static final int MODE = 0600;

  private final Fd fd;

  /** Two locks that do not see each other. */
  public enum Kind {
    /** fcntl(2) with F_OFD_SETLK over the whole file, what LXC locks containers with. */
    RECORD,
    /** flock(2), what the launcher locks the start of an engine with. */
    WHOLE_FILE
  }

  private LockFile(Fd fd) {
    this.fd = fd;
  }

  /** Waits for the lock. */
  public static LockFile acquire(Path path, Kind kind) {
    return PlatformThread.needed()
        ? PlatformThread.call("lock", () -> acquireNow(path, kind))
        : acquireNow(path, kind);
  }

  /** Takes the lock if nobody holds it. */
  public static Optional<LockFile> tryAcquire(Path path, Kind kind) {
    return tryAcquire(path, kind, FLAGS, MODE);
  }

  /**
   * As {@link #tryAcquire(Path, Kind)}, for a file that also holds something.
   *
   * @param flags of {@link OpenFlags}, write access among them
   * @param mode of a file that is created
   */
  public static Optional<LockFile> tryAcquire(Path path, Kind kind, int flags, int mode) {
    Fd fd = HostFiles.open(path, flags, mode);
    try (Call call = new Call()) {
      long result = lock(call, fd, kind, false);
      // fcntl(2) answers EACCES or EAGAIN, flock(2) EWOULDBLOCK, which is EAGAIN.
      if (result == -Errno.EAGAIN.number() || result == -Errno.EACCES.number()) {
        fd.close();
        return Optional.empty();
      }
      Call.checked(name(kind), path.toString(), result);
      return Optional.of(new LockFile(fd));
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /** What a locked file holds. */
  public String content() {
    return HostFiles.readSmall(Path.of("/proc/self/fd/" + fd.number()));
  }

  /** Replaces what a locked file holds; whoever reads without the lock may see half of it. */
  public void replaceContent(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (Call call = new Call()) {
      long address = call.bytes(bytes).address();
      for (int done = 0; done < bytes.length; ) {
        done +=
            (int) call.check(Sys.PWRITE64, fd.number(), address + done, bytes.length - done, done);
      }
      call.check(Sys.FTRUNCATE, fd.number(), bytes.length);
    }
  }

  /** The locked file. */
  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }

  private static LockFile acquireNow(Path path, Kind kind) {
    Fd fd = open(path);
    try (Call call = new Call()) {
      Call.checked(name(kind), path.toString(), lock(call, fd, kind, true));
      return new LockFile(fd);
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  private static long lock(Call call, Fd fd, Kind kind, boolean waits) {
    return switch (kind) {
      case WHOLE_FILE -> call.run(Sys.FLOCK, fd.number(), waits ? LOCK_EX : LOCK_EX | LOCK_NB);
      case RECORD -> {
        MemorySegment flock = call.allocate(Layouts.FLOCK); // start and length 0: the whole file
        flock.set(JAVA_SHORT, 0, F_WRLCK);
        yield call.run(Sys.FCNTL, fd.number(), waits ? F_OFD_SETLKW : F_OFD_SETLK, flock.address());
      }
    };
  }

  private static String name(Kind kind) {
    return kind == Kind.RECORD ? "fcntl" : "flock";
  }

  private static Fd open(Path path) {
    return HostFiles.open(path, FLAGS, MODE);
  }
}
