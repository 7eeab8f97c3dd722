package dev.coffer.linux;

import java.nio.file.Path;

/** A namespace that lives on without processes, by a mount on a file, as ip-netns(8) has it. */
public final class PinnedNamespace {
  private static final int MS_BIND = 4096;
  private static final int MNT_DETACH = 2;

  private PinnedNamespace() {}

  /**
   * @param file is made if it is not there
   */
  public static void pin(Fd namespace, Path file) {
    HostFiles.open(file, OpenFlags.READ_ONLY | OpenFlags.CREATE, 0).close();
    try (Call call = new Call()) {
      call.check(
          Sys.MOUNT,
          call.path(Path.of("/proc/self/fd/" + namespace.number())),
          call.path(file),
          0,
          MS_BIND,
          0);
    }
  }

  /** Lets go of it and removes the file; does nothing where there is none. */
  public static void release(Path file) {
    try (Call call = new Call()) {
      call.check(Sys.UMOUNT2, call.path(file), MNT_DETACH);
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT) && !e.is(Errno.EINVAL)) { // EINVAL: nothing is mounted there
        throw e;
      }
    }
    if (HostFiles.exists(file)) {
      HostFiles.unlink(file);
    }
  }
}
