package dev.coffer.model.plan;

/** Whose ids a mount shows for those on disk, mount_setattr(2), MOUNT_ATTR_IDMAP. */
public sealed interface MountIds {
  MountIds AS_ON_DISK = new AsOnDisk();
  MountIds OF_CONTAINER = new OfContainer();

  /** What a description of the mount says of it; empty for nothing. */
  String describe();

  default boolean areMapped() {
    return !(this instanceof AsOnDisk);
  }

  /** The ids are those on disk. */
  record AsOnDisk() implements MountIds {
    @Override
    public String describe() {
      return "";
    }
  }

  /** Id 0 on disk is the container's root, and so on. */
  record OfContainer() implements MountIds {
    @Override
    public String describe() {
      return ", id-mapped";
    }
  }

  /**
   * Id 0 on disk is the root of a user namespace.
   *
   * @param path the namespace's file, as {@code /proc/PID/ns/user}, on the host
   */
  record OfNamespace(String path) implements MountIds {
    @Override
    public String describe() {
      return ", id-mapped as " + path;
    }
  }
}
