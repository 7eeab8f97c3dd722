package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

  /**
   * An entry, which may have become something else since it was read.
   *
   * @param directory whether it is one; false too where the file system does not say
   */
  record Entry(byte[] name, boolean directory) {
    private boolean isDots() {
      return name[0] == '.' && (name.length == 1 || name.length == 2 && name[1] == '.');
    }
  }

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

  /**
   * The entries of a directory that was just opened or rewound, without the two that are always
   * there.
   */
  static List<Entry> entries(Fd directory) {
    List<Entry> entries = new ArrayList<>();
    try (Call call = new Call()) {
      MemorySegment buffer = call.allocate(BUFFER);
      long length;
      while ((length = call.check(Sys.GETDENTS64, directory.number(), buffer.address(), BUFFER))
          > 0) {
        for (long at = 0;
            at < length;
            at += Short.toUnsignedInt(buffer.get(JAVA_SHORT, at + LENGTH))) {
          Entry entry =
              new Entry(name(buffer, at + NAME), buffer.get(JAVA_BYTE, at + TYPE) == DT_DIR);
          if (!entry.isDots()) {
            entries.add(entry);
          }
        }
      }
    }
    return entries;
  }

  /** The names of the directories among the entries. */
  static List<byte[]> children(Fd directory) {
    return entries(directory).stream().filter(Entry::directory).map(Entry::name).toList();
  }

  private static byte[] name(MemorySegment entries, long start) {
    long end = start;
    while (entries.get(JAVA_BYTE, end) != 0) {
      end++;
    }
    return entries.asSlice(start, end - start).toArray(JAVA_BYTE);
  }
}
