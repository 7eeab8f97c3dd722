package dev.coffer.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/** Subvolumes, by the ioctls of include/uapi/linux/btrfs.h. */
public final class Btrfs {
  private static final int SUBVOL_CREATE = 0x5000940e;
  private static final int SNAP_CREATE_V2 = 0x50009417;
  private static final int SNAP_DESTROY = 0x5000940f;
  private static final int ARGUMENTS = 4096;
  private static final int NAME = 8;
  private static final int NAME_V2 = 56;
  private static final int LONGEST_NAME = 255;

  /** BTRFS_FIRST_FREE_OBJECTID: the inode number of every subvolume's top. */
  private static final long TOP = 256;

  private Btrfs() {}

  /** Whether a path lies on btrfs. */
  public static boolean isOn(Path path) {
    return FileSystemType.below(path).equals("btrfs");
  }

  /** Whether a directory is the top of a subvolume. */
  public static boolean isSubvolume(Path directory) {
    try {
      return isOn(directory)
          && !Files.isSymbolicLink(directory)
          && (long) Files.getAttribute(directory, "unix:ino") == TOP;
    } catch (IOException _) {
      return false; // it is not there
    }
  }

  /** Makes an empty subvolume. */
  public static void createSubvolume(Path path) {
    named(path, SUBVOL_CREATE, NAME, -1);
  }

  /** Makes a snapshot that can be written; both are on one file system. */
  public static void snapshot(Path from, Path to) {
    try (Fd source = HostFiles.open(from, OpenFlags.DIRECTORY | OpenFlags.NO_FOLLOW, 0)) {
      named(to, SNAP_CREATE_V2, NAME_V2, source.number());
    }
  }

  /**
   * Deletes a subvolume. One with others inside, and an ordinary user's, goes as a directory tree:
   * an empty subvolume can be removed like a directory since Linux 4.18.
   */
  public static void deleteSubvolume(Path path) {
    try {
      named(path, SNAP_DESTROY, NAME, -1);
    } catch (KernelException e) {
      if (!e.is(Errno.ENOTEMPTY) && !e.is(Errno.EPERM)) {
        throw e;
      }
      DirectoryTree.remove(path);
    }
  }

  private static void named(Path path, int request, int offset, int fd) {
    byte[] name = path.getFileName().toString().getBytes(UTF_8);
    if (name.length > LONGEST_NAME) {
      throw new KernelException("ioctl", path.toString(), Errno.ENAMETOOLONG.number());
    }
    try (Call call = new Call();
        Fd parent = HostFiles.open(path.getParent(), OpenFlags.DIRECTORY, 0)) {
      MemorySegment arguments = call.allocate(ARGUMENTS);
      arguments.set(ValueLayout.JAVA_LONG, 0, fd);
      MemorySegment.copy(name, 0, arguments, ValueLayout.JAVA_BYTE, offset, name.length);
      call.checkOn(path.toString(), Sys.IOCTL, parent.number(), request, arguments.address());
    }
  }
}
