package dev.coffer.plan;

import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.MountIds;
import dev.coffer.model.plan.RootSource;

/** What to do when a root file system that is no plain directory cannot be mounted. */
final class RootHints {
  private static final int ENOENT = 2;
  private static final int EBUSY = 16;
  private static final int ENODEV = 19;
  private static final int EINVAL = 22;

  private RootHints() {}

  /** Null where nothing is known. */
  static String of(ContainerStep.MountRoot root, String call, int errno) {
    return switch (root.source()) {
      case RootSource.Tree _ -> null;
      case RootSource.Overlay overlay -> overlay(overlay, root.ids(), call, errno);
      case RootSource.FileSystem mounted -> fileSystem(mounted, root.ids(), call, errno);
    };
  }

  private static String overlay(RootSource.Overlay overlay, MountIds ids, String call, int errno) {
    if (call.equals("open_tree") || call.equals("openat")) {
      return errno == ENOENT
          ? "one of "
              + String.join(", ", overlay.lowers())
              + " and "
              + overlay.folder()
              + " does not exist"
          : null;
    }
    if (call.equals("mount_setattr") && ids.areMapped()) {
      return "a file system below the overlay does not support id-mapped mounts";
    }
    if (!call.equals("mount")) {
      return null;
    }
    return switch (errno) {
      case ENODEV -> "this kernel has no overlayfs: modprobe overlay";
      case ENOENT -> overlay.folder() + "/" + overlay.upper() + " does not exist";
      case EBUSY -> "another mount uses " + overlay.folder() + "/" + overlay.upper();
      case EINVAL ->
          "the file system of "
              + overlay.folder()
              + " cannot hold changes of an overlay; on a kernel before 5.19 neither can an"
              + " id-mapped one";
      default -> null;
    };
  }

  private static String fileSystem(
      RootSource.FileSystem mounted, MountIds ids, String call, int errno) {
    if (call.equals("fsopen") && errno == ENODEV) {
      return "this kernel has no " + mounted.type() + ": modprobe " + mounted.type();
    }
    if (call.equals("fsconfig")) {
      return switch (errno) {
        case EBUSY -> mounted.source() + " is mounted elsewhere with other options";
        case EINVAL ->
            "it is damaged, or an option is unknown to "
                + mounted.type()
                + "; the kernel's log (dmesg) has more";
        default -> null;
      };
    }
    if (call.equals("mount_setattr") && ids.areMapped()) {
      return mounted.type() + " of this kernel does not support id-mapped mounts";
    }
    return null;
  }
}
