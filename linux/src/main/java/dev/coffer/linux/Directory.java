package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An open directory and its entries, whose names are bytes and nothing more. */
final class Directory {
  private static final int BUFFER = 32 * 1024;
  private static final int AT_REMOVEDIR = 0x200;
  private static final byte DT_DIR = 4;

  // struct linux_dirent64, getdents64(2): u64 d_ino, s64 d_off, u16 d_reclen, u8 d_type, char
  // d_name[]
  private static final int LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;

  private Directory() {}

  static Fd open(Fd directory, byte[] name, int flags) {
    try (Call call = new Call()) {
      long at = call.terminated(name);
      return Fd.of(
          (int)
              call.checkOn(
                  new String(name, StandardCharsets.UTF_8),
                  Sys.OPENAT,
                  directory.number(),
                  at,
                  flags | OpenFlags.NO_FOLLOW | OpenFlags.CLOSE_ON_EXEC));
    }
  }

  /** Removes an empty directory, or leaves it. */
  static void tryRemove(Fd directory, byte[] name) {
    try (Call call = new Call()) {
      call.run(Sys.UNLINKAT, directory.number(), call.terminated(name), AT_REMOVEDIR);
    }
  }

  /** The names of the directories in a directory that was just opened. */
  static List<byte[]> children(Fd directory) {
    List<byte[]> names = new ArrayList<>();
    try (Call call = new Call()) {
      MemorySegment entries = call.allocate(BUFFER);
      long length;
      while ((length = call.check(Sys.GETDENTS64, directory.number(), entries.address(), BUFFER))
          > 0) {
        for (long at = 0;
            at < length;
            at += Short.toUnsignedInt(entries.get(JAVA_SHORT, at + LENGTH))) {
          if (entries.get(JAVA_BYTE, at + TYPE) == DT_DIR) {
            addUnlessDots(names, name(entries, at + NAME));
          }
        }
      }
    }
    return names;
  }

  private static byte[] name(MemorySegment entries, long start) {
    long end = start;
    while (entries.get(JAVA_BYTE, end) != 0) {
      end++;
    }
    return entries.asSlice(start, end - start).toArray(JAVA_BYTE);
  }

  private static void addUnlessDots(List<byte[]> names, byte[] name) {
    if (!Arrays.equals(name, new byte[] {'.'}) && !Arrays.equals(name, new byte[] {'.', '.'})) {
      names.add(name);
    }
  }
}
