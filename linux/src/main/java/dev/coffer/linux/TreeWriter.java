package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes into a directory tree, and never outside of it, whatever the paths say: directories are
 * reached by openat2(2) beneath the top, without symbolic links and without crossing into a mount.
 *
 * <p>Paths are relative and raw: each character is one byte (ISO 8859-1), as names need not be
 * UTF-8. The empty path is the top. Every method throws a {@link KernelException} that names the
 * path. Not for several threads at once.
 */
public final class TreeWriter implements AutoCloseable {
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final long RESOLVE =
      OpenHow.NO_CROSSING | OpenHow.NO_MAGIC_LINKS | OpenHow.NO_SYMLINKS | OpenHow.BENEATH;
  private static final int NEW_FILE =
      OpenFlags.WRITE_ONLY | OpenFlags.CREATE | OpenFlags.EXCLUSIVE | OpenFlags.NO_FOLLOW;

  private final Fd top;
  // Archives go through a tree directory by directory: the last parent is nearly always the next.
  private String parentPath = "";
  private Fd parent;

  private TreeWriter(Fd top) {
    this.top = top;
    this.parent = top;
  }

  /** Whom a file belongs to, and its permission bits, {@code 07777}. */
  public record Access(long uid, long gid, int mode) {}

  /** When a file was last modified, in seconds since 1970 and nanoseconds. */
  public record Modified(long seconds, int nanos) {}

  /** Begins to write below an existing directory. */
  public static TreeWriter at(Path directory) {
    return new TreeWriter(HostFiles.open(directory, OpenFlags.DIRECTORY, 0));
  }

  /**
   * Makes a directory that only the caller may enter.
   *
   * @return false if there is one already
   */
  public boolean makeDirectory(String path) {
    try (Call call = new Call()) {
      long result = call.run(Sys.MKDIRAT, parentOf(path).number(), name(call, path), 0700);
      if (result == -Errno.EEXIST.number() && isDirectory(path)) {
        return false;
      }
      Call.checked(Sys.MKDIRAT, describe(path), result);
      return true;
    }
  }

  /** Makes a regular file that did not exist; whoever asks closes it. */
  public Fd createFile(String path) {
    try (Call call = new Call()) {
      int flags = NEW_FILE | OpenFlags.CLOSE_ON_EXEC;
      return Fd.of(
          (int)
              call.checkOn(
                  describe(path),
                  Sys.OPENAT,
                  parentOf(path).number(),
                  name(call, path),
                  flags,
                  0600));
    }
  }

  /** Makes a symbolic link; where it leads is not looked at. */
  public void makeSymbolicLink(String path, String target) {
    try (Call call = new Call()) {
      call.checkOn(
          describe(path),
          Sys.SYMLINKAT,
          call.terminated(target.getBytes(ISO_8859_1)),
          parentOf(path).number(),
          name(call, path));
    }
  }

  /** Makes another name of what is there already; a symbolic link gets one itself. */
  public void makeHardLink(String path, String existing) {
    try (Call call = new Call();
        Fd from = openDirectory(above(existing))) {
      call.checkOn(
          describe(path),
          Sys.LINKAT,
          from.number(),
          name(call, existing),
          parentOf(path).number(),
          name(call, path),
          0);
    }
  }

  /**
   * Makes a device or a fifo that nobody may open yet.
   *
   * @param type S_IFCHR, S_IFBLK or S_IFIFO of mknod(2)
   */
  public void makeNode(String path, int type, int major, int minor) {
    try (Call call = new Call()) {
      long number = (minor & 0xffL) | ((long) major << 8) | ((minor & ~0xffL) << 12);
      call.checkOn(
          describe(path),
          Sys.MKNODAT,
          parentOf(path).number(),
          name(call, path),
          type | 0600,
          number);
    }
  }

  /**
   * Deletes the name of anything but a directory.
   *
   * @return false if it is a directory, which stays
   */
  public boolean unlink(String path) {
    try (Call call = new Call()) {
      long result = call.run(Sys.UNLINKAT, parentOf(path).number(), name(call, path), 0);
      if (result == -Errno.EISDIR.number()) {
        return false;
      }
      Call.checked(Sys.UNLINKAT, describe(path), result);
      return true;
    }
  }

  /** The file itself, as a mere place (O_PATH). */
  public Fd openPlace(String path) {
    return open(path, OpenFlags.PATH | OpenFlags.NO_FOLLOW);
  }

  /** Gives a symbolic link to its owner; links have no permissions. */
  public void applyOwner(String path, long uid, long gid) {
    try (Call call = new Call()) {
      call.checkOn(
          describe(path),
          Sys.FCHOWNAT,
          parentOf(path).number(),
          name(call, path),
          (int) uid,
          (int) gid,
          AT_SYMLINK_NOFOLLOW);
    }
  }

  /** Owner first: a change of owner takes the set-user-id bit and capabilities away. */
  public void applyAccess(Fd file, String path, Access access) {
    try (Call call = new Call()) {
      long place = call.text("/proc/self/fd/" + file.number()); // also for O_PATH
      int at = HostFiles.CURRENT_DIRECTORY;
      call.checkOn(
          describe(path), Sys.FCHOWNAT, at, place, (int) access.uid(), (int) access.gid(), 0);
      call.checkOn(describe(path), Sys.FCHMODAT, at, place, access.mode());
    }
  }

  /** As {@link #applyAccess}, of a file open for reading or writing. */
  public void applyAccessOfOpen(Fd file, String path, Access access) {
    try (Call call = new Call()) {
      call.checkOn(
          describe(path), Sys.FCHOWN, file.number(), (int) access.uid(), (int) access.gid());
      call.checkOn(describe(path), Sys.FCHMOD, file.number(), access.mode());
    }
  }

  /** Says when the file, or symbolic link, was last read and modified. */
  public void applyModified(String path, Modified modified) {
    try (Call call = new Call()) {
      long times = times(call, modified);
      if (path.isEmpty()) {
        call.check(Sys.UTIMENSAT, top.number(), 0, times, 0);
      } else {
        int directory = parentOf(path).number();
        call.checkOn(
            describe(path), Sys.UTIMENSAT, directory, name(call, path), times, AT_SYMLINK_NOFOLLOW);
      }
    }
  }

  /** As {@link #applyModified}, of an open file. */
  public void applyModifiedOfOpen(Fd file, String path, Modified modified) {
    try (Call call = new Call()) {
      call.checkOn(describe(path), Sys.UTIMENSAT, file.number(), 0, times(call, modified), 0);
    }
  }

  /** Sets the size of an open file; what was not written reads as zeros and takes no space. */
  public void truncate(Fd file, String path, long size) {
    try (Call call = new Call()) {
      call.checkOn(describe(path), Sys.FTRUNCATE, file.number(), size);
    }
  }

  /** Goes to a place of an open file, from its start. */
  public void seek(Fd file, String path, long position) {
    try (Call call = new Call()) {
      call.checkOn(describe(path), Sys.LSEEK, file.number(), position, 0);
    }
  }

  /** Writes all that the file system holds to disk, syncfs(2). */
  public void sync() {
    try (Call call = new Call()) {
      call.check(Sys.SYNCFS, top.number());
    }
  }

  @Override
  public void close() {
    forgetParent();
    top.close();
  }

  /** A path as people read it. */
  public static String describe(String path) {
    return new String(path.getBytes(ISO_8859_1), StandardCharsets.UTF_8);
  }

  private boolean isDirectory(String path) {
    try (Fd _ = openDirectory(path)) {
      return true;
    } catch (KernelException e) {
      return false;
    }
  }

  private Fd openDirectory(String path) {
    return open(path, OpenFlags.PATH | OpenFlags.DIRECTORY);
  }

  private Fd open(String path, int flags) {
    try (Call call = new Call()) {
      long place = call.terminated((path.isEmpty() ? "." : path).getBytes(ISO_8859_1));
      long result;
      do {
        result = OpenHow.open(call, top, place, flags, RESOLVE);
      } while (result == -Errno.EAGAIN.number()); // a rename elsewhere got in between
      return Fd.of((int) Call.checked(Sys.OPENAT2, describe(path), result));
    }
  }

  private Fd parentOf(String path) {
    String wanted = above(path);
    if (!wanted.equals(parentPath)) {
      Fd opened = wanted.isEmpty() ? top : openDirectory(wanted);
      forgetParent();
      parent = opened;
      parentPath = wanted;
    }
    return parent;
  }

  private void forgetParent() {
    if (parent != top) {
      parent.close();
      parent = top;
      parentPath = "";
    }
  }

  private static String above(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  private static long name(Call call, String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    return call.terminated((name.isEmpty() ? "." : name).getBytes(ISO_8859_1));
  }

  private static long times(Call call, Modified modified) {
    MemorySegment times = call.allocate(4 * JAVA_LONG.byteSize());
    for (int i = 0; i < 4; i += 2) {
      times.setAtIndex(JAVA_LONG, i, modified.seconds());
      times.setAtIndex(JAVA_LONG, i + 1, modified.nanos());
    }
    return times.address();
  }
}
