package dev.coffer.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** What a path leads to, inode(7). */
public enum FileKind {
  DIRECTORY,
  REGULAR,
  BLOCK_DEVICE,
  /** Anything else. */
  OTHER,
  /** Nothing is there, or the caller may not see it. */
  MISSING;

  private static final int STATX_SIZE = 256;
  private static final int STATX_TYPE = 1;
  private static final int MODE_OFFSET = 28;
  private static final int FORMAT = 0170000;

  /** Links are followed. */
  public static FileKind of(Path path) {
    try (Call call = new Call()) {
      MemorySegment statx = call.allocate(STATX_SIZE);
      long result =
          call.run(
              Sys.STATX,
              HostFiles.CURRENT_DIRECTORY,
              call.path(path),
              0,
              STATX_TYPE,
              statx.address());
      if (result < 0) {
        return MISSING;
      }
      return switch (statx.get(ValueLayout.JAVA_SHORT, MODE_OFFSET) & FORMAT) {
        case 0040000 -> DIRECTORY;
        case 0100000 -> REGULAR;
        case 0060000 -> BLOCK_DEVICE;
        default -> OTHER;
      };
    }
  }
}
