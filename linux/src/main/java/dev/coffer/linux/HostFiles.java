package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Files of the host by system call, where the JDK has no word for it or takes too many. Paths are
 * trusted: what lies below a container's root is the launcher's to touch.
 */
public final class HostFiles {
  static final int CURRENT_DIRECTORY = -100;

  private static final int PATH_MAX = 4096;
  private static final int CHUNK = 8 << 10;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int S_IFIFO = 0010000;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int STATX_TYPE = 1;
  private static final int STATX_BLOCKS = 0x400;
  private static final int STATX_BLOCKS_OFFSET = 48;
  private static final int SECTOR = 512;

  /** What the kernel writes, statx(2). */
  private static final int STATX_SIZE = 256;

  private HostFiles() {}

  /** A descriptor that only names the file, O_PATH; symbolic links are followed. */
  public static Fd openPath(Path path) {
    return open(path, OpenFlags.PATH, 0);
  }

  /**
   * @param flags of {@link OpenFlags}; O_CLOEXEC is added
   * @param mode of a file that is created
   */
  public static Fd open(Path path, int flags, int mode) {
    try (Call call = new Call()) {
      return Fd.of(
          (int)
              call.checkOn(
                  path.toString(),
                  Sys.OPENAT,
                  CURRENT_DIRECTORY,
                  call.path(path),
                  flags | OpenFlags.CLOSE_ON_EXEC,
                  mode));
    }
  }

  /** Whether the path leads to something. */
  public static boolean exists(Path path) {
    try (Call call = new Call()) {
      return call.run(Sys.FACCESSAT, CURRENT_DIRECTORY, call.path(path), 0) == 0;
    }
  }

  /** As {@link #exists}, of a symbolic link itself. */
  public static boolean existsItself(Path path) {
    try (Call call = new Call()) {
      MemorySegment stat = call.allocate(STATX_SIZE);
      long place = call.path(path);
      int flags = AT_SYMLINK_NOFOLLOW;
      return call.run(Sys.STATX, CURRENT_DIRECTORY, place, flags, STATX_TYPE, stat.address()) == 0;
    }
  }

  /** How many bytes of its file system a file takes, statx(2); holes take none. */
  public static long allocated(Path path) {
    try (Call call = new Call()) {
      MemorySegment stat = call.allocate(STATX_SIZE);
      call.checkOn(
          path.toString(),
          Sys.STATX,
          CURRENT_DIRECTORY,
          call.path(path),
          AT_SYMLINK_NOFOLLOW,
          STATX_BLOCKS,
          stat.address());
      return stat.get(ValueLayout.JAVA_LONG, STATX_BLOCKS_OFFSET) * SECTOR;
    }
  }

  /** Sets the umask of the whole process, umask(2). */
  public static void applyUmask(int mask) {
    try (Call call = new Call()) {
      call.check(Sys.UMASK, mask);
    }
  }

  /** Makes one directory; the umask takes its part of the mode. */
  public static void mkdir(Path path, int mode) {
    try (Call call = new Call()) {
      call.checkOn(path.toString(), Sys.MKDIRAT, CURRENT_DIRECTORY, call.path(path), mode);
    }
  }

  /** Makes a named pipe, mkfifo(3); the umask takes its part of the mode. */
  public static void mkfifo(Path path, int mode) {
    try (Call call = new Call()) {
      call.checkOn(
          path.toString(), Sys.MKNODAT, CURRENT_DIRECTORY, call.path(path), S_IFIFO | mode, 0);
    }
  }

  /** Makes a symbolic link. */
  public static void symlink(String target, Path link) {
    try (Call call = new Call()) {
      call.checkOn(
          link.toString(), Sys.SYMLINKAT, call.text(target), CURRENT_DIRECTORY, call.path(link));
    }
  }

  public static void rmdir(Path path) {
    remove(path, AT_REMOVEDIR);
  }

  public static void unlink(Path path) {
    remove(path, 0);
  }

  /** Changes the owner, of a symbolic link itself; -1 leaves the uid or gid as it is. */
  public static void chown(Path path, int uid, int gid) {
    Call.checked(Sys.FCHOWNAT, path.toString(), changeOwner(path, uid, gid));
  }

  /** As {@link #chown}; false where there is no such file. */
  public static boolean chownIfThere(Path path, int uid, int gid) {
    long result = changeOwner(path, uid, gid);
    if (result == -Errno.ENOENT.number()) {
      return false;
    }
    Call.checked(Sys.FCHOWNAT, path.toString(), result);
    return true;
  }

  private static long changeOwner(Path path, int uid, int gid) {
    try (Call call = new Call()) {
      return call.run(
          Sys.FCHOWNAT, CURRENT_DIRECTORY, call.path(path), uid, gid, AT_SYMLINK_NOFOLLOW);
    }
  }

  public static void chmod(Path path, int mode) {
    try (Call call = new Call()) {
      call.checkOn(path.toString(), Sys.FCHMODAT, CURRENT_DIRECTORY, call.path(path), mode);
    }
  }

  /**
   * Writes an existing file of procfs, sysfs or cgroupfs in a single write(2), as those want it:
   * open, write, close and nothing else.
   */
  public static void writeSmall(Path path, String text) {
    writeSmall(path, text.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #writeSmall(Path, String)}. */
  public static void writeSmall(Path path, byte[] bytes) {
    try (Call call = new Call();
        Fd fd = open(path, OpenFlags.WRITE_ONLY, 0)) {
      call.checkOn(
          path.toString(), Sys.WRITE, fd.number(), call.bytes(bytes).address(), bytes.length);
    }
  }

  /** Reads a file whose size is not known before, as those of procfs, sysfs and cgroupfs. */
  public static String readSmall(Path path) {
    try (Fd fd = open(path, OpenFlags.READ_ONLY, 0)) {
      return new String(fd.readAllNow(), StandardCharsets.UTF_8);
    }
  }

  /** Reads a file of at most {@code most} bytes; EFBIG where there are more. */
  public static String readAtMost(Path path, int most) {
    try (Fd fd = open(path, OpenFlags.READ_ONLY, 0)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(CHUNK);
      byte[] chunk = new byte[CHUNK];
      for (int read; (read = fd.readNow(chunk, 0, CHUNK)) > 0; ) {
        bytes.write(chunk, 0, read);
        if (bytes.size() > most) {
          throw new KernelException("read", path.toString(), Errno.EFBIG.number());
        }
      }
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }

  /** As {@link #readSmall}; empty where there is no such file, or what it spoke of is gone. */
  public static Optional<String> readIfThere(Path path) {
    try {
      return Optional.of(readSmall(path));
    } catch (KernelException e) {
      // ENODEV is a cgroup that was removed, ESRCH a process that ended, EOPNOTSUPP a feature that
      // is off.
      if (e.is(Errno.ENOENT)
          || e.is(Errno.ENOTDIR)
          || e.is(Errno.ENODEV)
          || e.is(Errno.ESRCH)
          || e.is(Errno.EOPNOTSUPP)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Where a symbolic link points; empty where there is none or it may not be read. */
  public static Optional<Path> readLink(Path path) {
    try (Call call = new Call()) {
      MemorySegment target = call.allocate(PATH_MAX);
      long length =
          call.run(Sys.READLINKAT, CURRENT_DIRECTORY, call.path(path), target.address(), PATH_MAX);
      return length < 0
          ? Optional.empty()
          : Optional.of(
              Path.of(
                  new String(
                      target.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8)));
    }
  }

  private static void remove(Path path, int flags) {
    try (Call call = new Call()) {
      call.checkOn(path.toString(), Sys.UNLINKAT, CURRENT_DIRECTORY, call.path(path), flags);
    }
  }
}
