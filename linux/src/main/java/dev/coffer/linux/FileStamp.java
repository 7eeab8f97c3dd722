package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells one state of a file from another without reading it: where it is, how large, and when it
 * was last changed, statx(2). Two changes within one tick of the kernel's clock may look alike, so
 * only a file at rest ({@link #changedBefore}) can be told by it.
 *
 * @param changedSeconds when contents or attributes were last changed, in seconds since 1970
 */
public record FileStamp(
    long device,
    long inode,
    long size,
    long modifiedSeconds,
    int modifiedNanos,
    long changedSeconds,
    int changedNanos) {
  private static final int BASIC_STATS = 0x7ff;
  private static final int KERNEL_SIZE = 256;
  private static final long INODE = Layouts.offset(Layouts.STATX, "stx_ino");
  private static final long SIZE = Layouts.offset(Layouts.STATX, "stx_size");
  private static final long CHANGED = Layouts.offset(Layouts.STATX, "stx_ctime.tv_sec");
  private static final long MODIFIED = Layouts.offset(Layouts.STATX, "stx_mtime.tv_sec");
  private static final long NANOS = JAVA_LONG.byteSize();
  private static final long DEVICE = Layouts.offset(Layouts.STATX, "stx_dev_major");
  private static final long MILLIS_PER_SECOND = 1000;
  private static final int NANOS_PER_MILLI = 1_000_000;

  /** Of the file a path leads to; empty where it leads nowhere or may not be followed. */
  public static Optional<FileStamp> read(Path path) {
    try (Call call = new Call()) {
      MemorySegment stat = call.allocate(KERNEL_SIZE);
      long result =
          call.run(
              Sys.STATX,
              HostFiles.CURRENT_DIRECTORY,
              call.path(path),
              0,
              BASIC_STATS,
              stat.address());
      return result < 0 ? Optional.empty() : Optional.of(of(stat));
    }
  }

  private static FileStamp of(MemorySegment stat) {
    return new FileStamp(
        (long) stat.get(JAVA_INT, DEVICE) << 32 | stat.get(JAVA_INT, DEVICE + 4) & 0xffffffffL,
        stat.get(JAVA_LONG, INODE),
        stat.get(JAVA_LONG, SIZE),
        stat.get(JAVA_LONG, MODIFIED),
        stat.get(JAVA_INT, MODIFIED + NANOS),
        stat.get(JAVA_LONG, CHANGED),
        stat.get(JAVA_INT, CHANGED + NANOS));
  }

  /**
   * @param millis since 1970, of the clock that files are stamped by
   */
  public boolean changedBefore(long millis) {
    return changedSeconds * MILLIS_PER_SECOND + changedNanos / NANOS_PER_MILLI < millis;
  }
}
