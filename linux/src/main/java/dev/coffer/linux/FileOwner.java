package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * Whose an open file is, as the host numbers people, statx(2).
 *
 * @param mode type and permissions
 */
public record FileOwner(long uid, long gid, int mode) {
  private static final int BASIC_STATS = 0x7ff;
  private static final int KERNEL_SIZE = 256;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final long UID = Layouts.offset(Layouts.STATX, "stx_uid");
  private static final long GID = Layouts.offset(Layouts.STATX, "stx_gid");
  private static final long MODE = Layouts.offset(Layouts.STATX, "stx_mode");
  private static final int S_IFMT = 0170000;
  private static final int S_IFBLK = 0060000;

  /** Through an id-mapped mount, the owner that this mount shows. */
  public static FileOwner read(Fd file) {
    try (Call call = new Call()) {
      MemorySegment stat = call.allocate(KERNEL_SIZE);
      call.check(
          Sys.STATX, file.number(), call.text(""), AT_EMPTY_PATH, BASIC_STATS, stat.address());
      return new FileOwner(
          Integer.toUnsignedLong(stat.get(JAVA_INT, UID)),
          Integer.toUnsignedLong(stat.get(JAVA_INT, GID)),
          Short.toUnsignedInt(stat.get(JAVA_SHORT, MODE)));
    }
  }

  public boolean isBlockDevice() {
    return (mode & S_IFMT) == S_IFBLK;
  }
}
