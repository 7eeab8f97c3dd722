package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * What statx(2) tells of a file.
 *
 * @param mode with the type of the file, inode(7)
 * @param allocated bytes that it takes on its file system
 * @param device of the file system, as one number
 * @param node of a device file, as mknod(2) takes it
 */
record FileStatus(
    int mode,
    int uid,
    int gid,
    int links,
    long inode,
    long size,
    long allocated,
    long device,
    long node,
    Time accessed,
    Time modified) {
  static final int TYPE = 0170000;
  static final int DIRECTORY = 0040000;
  static final int REGULAR = 0100000;
  static final int SYMLINK = 0120000;

  private static final int SIZE = 256;
  private static final int BASIC = 0x7ff;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int SECTOR = 512;

  /** Seconds and nanoseconds. */
  record Time(long seconds, int nanoseconds) {}

  /** Of an open file. */
  static FileStatus of(Fd file) {
    return of(file, new byte[0], AT_EMPTY_PATH);
  }

  /** Of an entry of a directory, a symbolic link itself. */
  static FileStatus of(Fd directory, byte[] name) {
    return of(directory, name, AT_SYMLINK_NOFOLLOW);
  }

  private static FileStatus of(Fd directory, byte[] name, int flags) {
    try (Call call = new Call()) {
      MemorySegment seen = call.allocate(SIZE);
      call.check(
          Sys.STATX, directory.number(), call.terminated(name), flags, BASIC, seen.address());
      return new FileStatus(
          Short.toUnsignedInt(seen.get(JAVA_SHORT, 28)),
          seen.get(JAVA_INT, 20),
          seen.get(JAVA_INT, 24),
          seen.get(JAVA_INT, 16),
          seen.get(JAVA_LONG, 32),
          seen.get(JAVA_LONG, 40),
          seen.get(JAVA_LONG, 48) * SECTOR,
          makedev(seen.get(JAVA_INT, 136), seen.get(JAVA_INT, 140)),
          makedev(seen.get(JAVA_INT, 128), seen.get(JAVA_INT, 132)),
          time(seen, 64),
          time(seen, 112));
    }
  }

  private static Time time(MemorySegment seen, long at) {
    return new Time(seen.get(JAVA_LONG, at), seen.get(JAVA_INT, at + 8));
  }

  /** makedev(3) as the kernel takes it. */
  private static long makedev(int major, int minor) {
    return (minor & 0xff) | (long) major << 8 | (long) (minor & ~0xff) << 12;
  }

  int type() {
    return mode & TYPE;
  }

  int permissions() {
    return mode & ~TYPE;
  }
}
