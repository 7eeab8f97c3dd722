package dev.coffer.linux;

import java.nio.file.Path;

/** Mounts of the host, in this process's mount namespace, mount(2). */
public final class HostMount {
  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;

  private HostMount() {}

  /**
   * Mounts a file system.
   *
   * @param source a block device, or what the type has in its place
   * @param options for the file system, separated by commas
   */
  public static void make(String type, String source, Path mountPoint, String options) {
    try (Call call = new Call()) {
      call.checkOn(
          source + " on " + mountPoint,
          Sys.MOUNT,
          call.text(source),
          call.path(mountPoint),
          call.text(type),
          0,
          options.isEmpty() ? 0 : call.text(options));
    }
  }

  /** Unmounts what is on a directory, if anything is; its users keep it until they are done. */
  public static void remove(Path mountPoint) {
    try (Call call = new Call()) {
      long result = call.run(Sys.UMOUNT2, call.path(mountPoint), MNT_DETACH | UMOUNT_NOFOLLOW);
      if (result != -Errno.EINVAL.number() && result != -Errno.ENOENT.number()) {
        Call.checked(Sys.UMOUNT2, mountPoint.toString(), result);
      }
    }
  }
}
