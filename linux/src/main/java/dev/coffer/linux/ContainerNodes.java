package dev.coffer.linux;

import java.nio.file.Path;

/**
 * Device nodes inside a running container, which may have prepared links: every path is looked up
 * inside its root, openat2(2).
 */
public final class ContainerNodes implements AutoCloseable {
  private static final int DIRECTORY_MODE = 0755;

  private final Fd root;

  private ContainerNodes(Fd root) {
    this.root = root;
  }

  /**
   * @param pid the container's first process
   */
  public static ContainerNodes of(int pid) {
    return new ContainerNodes(HostFiles.openPath(Path.of("/proc/" + pid + "/root")));
  }

  /** Makes a node and the directories above it. */
  public void make(Path place, DeviceNode node) {
    try (Fd parent = directory(place.getParent());
        Call call = new Call()) {
      long name = call.text(place.getFileName().toString());
      call.checkOn(
          place.toString(), Sys.MKNODAT, parent.number(), name, node.mode(), node.number());
      try (Fd made = openMade(call, parent, name, place)) {
        // the umask took its part of the mode
        HostFiles.chmod(Path.of("/proc/self/fd/" + made.number()), node.mode() & 07777);
      }
    }
  }

  /** By its name alone it could be a link to anywhere meanwhile, which chmod(2) follows. */
  private static Fd openMade(Call call, Fd parent, long name, Path place) {
    long resolve = OpenHow.BENEATH | OpenHow.NO_SYMLINKS;
    long result = OpenHow.open(call, parent, name, OpenFlags.PATH, resolve);
    return Fd.of((int) Call.checked(Sys.OPENAT2, place.toString(), result));
  }

  /** Removes a node. */
  public void remove(Path place) {
    try (Fd parent = directory(place.getParent());
        Call call = new Call()) {
      long name = call.text(place.getFileName().toString());
      call.checkOn(place.toString(), Sys.UNLINKAT, parent.number(), name, 0);
    }
  }

  /** Makes what is missing; one that somebody else made meanwhile is as good. */
  private Fd directory(Path path) {
    try {
      return open(path, OpenFlags.PATH | OpenFlags.DIRECTORY);
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
    try (Fd parent = directory(path.getParent());
        Call call = new Call()) {
      call.run(
          Sys.MKDIRAT, parent.number(), call.text(path.getFileName().toString()), DIRECTORY_MODE);
    }
    return open(path, OpenFlags.PATH | OpenFlags.DIRECTORY);
  }

  private Fd open(Path path, int flags) {
    try (Call call = new Call()) {
      long result =
          OpenHow.open(
              call, root, call.path(path), flags, OpenHow.IN_ROOT | OpenHow.NO_MAGIC_LINKS);
      return Fd.of((int) Call.checked(Sys.OPENAT2, path.toString(), result));
    }
  }

  @Override
  public void close() {
    root.close();
  }
}
