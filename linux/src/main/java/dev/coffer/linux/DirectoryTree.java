package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/**
 * Deletes directory trees whose content is not trusted. Each directory is opened by openat2(2) from
 * a descriptor of its parent; a symbolic link is deleted, never followed, and a mount point ends
 * the work with EXDEV or EBUSY.
 */
public final class DirectoryTree {
  private static final int AT_REMOVEDIR = 0x200;
  private static final long RESOLVE_NO_XDEV = 1;
  private static final long RESOLVE_NO_MAGICLINKS = 2;
  private static final long RESOLVE_NO_SYMLINKS = 4;
  private static final long RESOLVE_BENEATH = 8;
  private static final long RESOLVE =
      RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;

  private static final int HOW_SIZE = 24; // struct open_how: flags, mode, resolve
  private static final int BUFFER = 32 * 1024;
  private static final int NAME_LENGTH_AT = 16; // struct linux_dirent64: d_reclen
  private static final int TYPE_AT = 18; // d_type
  private static final int NAME_AT = 19; // d_name
  private static final byte DIRECTORY = 4; // DT_DIR

  /** Deeper directories are moved up to the top first, so that depth costs no descriptors. */
  private static final int DEEPEST = 100;

  private final Fd top;
  private final Path subject;
  private long removed;

  private DirectoryTree(Fd top, Path subject) {
    this.top = top;
    this.subject = subject;
  }

  /**
   * Deletes the directory with all it holds; nothing happens if it does not exist.
   *
   * @throws CancellationException if the thread is interrupted; a second call goes on with the rest
   */
  public static void remove(Path directory) {
    if (clear(directory, Set.of())) {
      HostFiles.rmdir(directory);
    }
  }

  /**
   * Deletes all that the directory holds but the entries of the given names.
   *
   * @return whether the directory exists
   */
  public static boolean clear(Path directory, Set<String> keep) {
    try (Fd parent = HostFiles.openPath(directory.toAbsolutePath().getParent())) {
      Fd opened = open(parent, raw(directory.getFileName().toString()), directory.toString());
      if (opened == null) {
        return false;
      }
      try (opened) {
        new DirectoryTree(opened, directory).clear(opened, keep, 0);
      }
      return true;
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  private void clear(Fd directory, Set<String> keep, int depth) {
    List<Entry> left;
    // Deleting while reading may make getdents64(2) skip entries, so each round reads to the end
    // first.
    for (long before = -1; removed != before && !(left = entries(directory, keep)).isEmpty(); ) {
      before = removed;
      left.forEach(entry -> remove(directory, entry, depth));
    }
  }

  private void remove(Fd directory, Entry entry, int depth) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted while deleting \"" + subject + "\"");
    }
    long result = entry.isDirectory() ? -Errno.EISDIR.number() : unlink(directory, entry.name(), 0);
    if (result == -Errno.EISDIR.number()) {
      removeDirectory(directory, entry.name(), depth);
    } else if (result != -Errno.ENOENT.number()) {
      Call.checked(Sys.UNLINKAT.describe(), describe(entry.name()), result);
    }
    removed++;
  }

  private void removeDirectory(Fd directory, String name, int depth) {
    long result = unlink(directory, name, AT_REMOVEDIR);
    if (result >= 0 || result == -Errno.ENOENT.number()) {
      return;
    }
    if (depth >= DEEPEST) {
      moveUp(directory, name);
      return;
    }
    try (Fd child = open(directory, name, describe(name))) {
      if (child == null) {
        return;
      }
      clear(child, Set.of(), depth + 1);
    }
    Call.checked(Sys.UNLINKAT.describe(), describe(name), unlink(directory, name, AT_REMOVEDIR));
  }

  private void moveUp(Fd directory, String name) {
    try (Call call = new Call()) {
      String to = ".coffer-deleted-" + ProcessHandle.current().pid() + "-" + removed;
      call.checkOn(
          describe(name),
          Sys.RENAMEAT,
          directory.number(),
          name(call, name),
          top.number(),
          name(call, to));
    }
  }

  private static long unlink(Fd directory, String name, int flags) {
    try (Call call = new Call()) {
      return call.run(Sys.UNLINKAT, directory.number(), name(call, name), flags);
    }
  }

  /** Null if the entry is gone. */
  private static Fd open(Fd parent, String name, String subject) {
    try (Call call = new Call()) {
      MemorySegment how = call.allocate(HOW_SIZE);
      how.set(
          JAVA_LONG,
          0,
          OpenFlags.READ_ONLY
              | OpenFlags.DIRECTORY
              | OpenFlags.NO_FOLLOW
              | OpenFlags.CLOSE_ON_EXEC);
      how.set(JAVA_LONG, 16, RESOLVE);
      long result;
      do {
        result = call.run(Sys.OPENAT2, parent.number(), name(call, name), how.address(), HOW_SIZE);
      } while (result
          == -Errno.EAGAIN.number()); // a rename elsewhere on the machine got in between
      if (result == -Errno.ENOENT.number()) {
        return null;
      }
      return Fd.of((int) Call.checked(Sys.OPENAT2.describe(), subject, result));
    }
  }

  private static List<Entry> entries(Fd directory, Set<String> keep) {
    List<Entry> entries = new ArrayList<>();
    Set<String> kept = keep.stream().map(DirectoryTree::raw).collect(Collectors.toSet());
    try (Call call = new Call()) {
      call.check(Sys.LSEEK, directory.number(), 0, 0);
      MemorySegment buffer = call.allocate(BUFFER);
      for (long length;
          (length = call.check(Sys.GETDENTS64, directory.number(), buffer.address(), BUFFER))
              > 0; ) {
        for (long at = 0; at < length; ) {
          String name = buffer.getString(at + NAME_AT, StandardCharsets.ISO_8859_1);
          if (!name.equals(".") && !name.equals("..") && !kept.contains(name)) {
            entries.add(new Entry(name, buffer.get(JAVA_BYTE, at + TYPE_AT) == DIRECTORY));
          }
          at += Short.toUnsignedInt(buffer.get(JAVA_SHORT, at + NAME_LENGTH_AT));
        }
      }
    }
    return entries;
  }

  /** Names are bytes and need not be UTF-8: here each character is one byte. */
  private static String raw(String name) {
    return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static long name(Call call, String raw) {
    byte[] bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
    return call.bytes(Arrays.copyOf(bytes, bytes.length + 1)).address();
  }

  private String describe(String raw) {
    return subject
        + "/…/"
        + new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** An entry that may have become something else since it was read. */
  private record Entry(String name, boolean isDirectory) {}
}
