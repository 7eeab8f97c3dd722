package dev.coffer.linux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
  private static final long RESOLVE =
      OpenHow.NO_CROSSING | OpenHow.NO_MAGIC_LINKS | OpenHow.NO_SYMLINKS | OpenHow.BENEATH;

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
      Call.checked(Sys.UNLINKAT, describe(entry.name()), result);
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
    Call.checked(Sys.UNLINKAT, describe(name), unlink(directory, name, AT_REMOVEDIR));
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
      long result;
      do {
        int flags = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | OpenFlags.NO_FOLLOW;
        result = OpenHow.open(call, parent, name(call, name), flags, RESOLVE);
      } while (result
          == -Errno.EAGAIN.number()); // a rename elsewhere on the machine got in between
      if (result == -Errno.ENOENT.number()) {
        return null;
      }
      return Fd.of((int) Call.checked(Sys.OPENAT2, subject, result));
    }
  }

  private static List<Entry> entries(Fd directory, Set<String> keep) {
    Set<String> kept = keep.stream().map(DirectoryTree::raw).collect(Collectors.toSet());
    try (Call call = new Call()) {
      call.check(Sys.LSEEK, directory.number(), 0, 0);
    }
    return Directory.entries(directory).stream()
        .map(each -> new Entry(new String(each.name(), ISO_8859_1), each.directory()))
        .filter(entry -> !kept.contains(entry.name()))
        .toList();
  }

  /** Names are bytes and need not be UTF-8: here each character is one byte. */
  private static String raw(String name) {
    return new String(name.getBytes(StandardCharsets.UTF_8), ISO_8859_1);
  }

  private static long name(Call call, String raw) {
    return call.terminated(raw.getBytes(ISO_8859_1));
  }

  private String describe(String raw) {
    return subject + "/…/" + new String(raw.getBytes(ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** An entry that may have become something else since it was read. */
  private record Entry(String name, boolean isDirectory) {}
}
