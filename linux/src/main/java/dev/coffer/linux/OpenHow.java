package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** openat2(2): opening with a say in how the path is resolved. */
final class OpenHow {
  static final long NO_CROSSING = 1; // RESOLVE_NO_XDEV
  static final long NO_MAGIC_LINKS = 2;
  static final long NO_SYMLINKS = 4;
  static final long BENEATH = 8;
  static final long IN_ROOT = 16;

  private static final long FLAGS = Layouts.offset(Layouts.OPEN_HOW, "flags");
  private static final long RESOLVE = Layouts.offset(Layouts.OPEN_HOW, "resolve");

  private OpenHow() {}

  /**
   * @param path address of the NUL-terminated path
   * @param flags of {@link OpenFlags}; O_CLOEXEC is added
   * @return the descriptor or the negative errno; -EAGAIN means that a rename elsewhere got in
   *     between
   */
  static long open(Call call, Fd directory, long path, int flags, long resolve) {
    MemorySegment how = call.allocate(Layouts.OPEN_HOW);
    how.set(JAVA_LONG, FLAGS, flags | OpenFlags.CLOSE_ON_EXEC);
    how.set(JAVA_LONG, RESOLVE, resolve);
    return call.run(Sys.OPENAT2, directory.number(), path, how.address(), how.byteSize());
  }
}
