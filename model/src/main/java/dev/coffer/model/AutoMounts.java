package dev.coffer.model;

import java.util.List;

/** What lxc.mount.auto asks for; within a family the last word wins. */
public record AutoMounts(
    Proc proc, Sys sys, CgroupView cgroup, boolean cgroupForced, List<SharedMounts> shared) {
  /** How /proc is mounted. */
  public enum Proc {
    NONE,
    MIXED,
    RW
  }

  /** How /sys is mounted. */
  public enum Sys {
    NONE,
    MIXED,
    RO,
    RW
  }

  /** How /sys/fs/cgroup is filled. */
  public enum CgroupView {
    NONE,
    MIXED,
    RO,
    RW,
    FULL_MIXED,
    FULL_RO,
    FULL_RW,
    V2_RO,
    V2_RW
  }

  /** A directory of the host through which mounts can be handed to the running container. */
  public record SharedMounts(String hostPath, String containerPath) {}

  public static final AutoMounts NONE =
      new AutoMounts(Proc.NONE, Sys.NONE, CgroupView.NONE, false, List.of());

  public AutoMounts {
    shared = List.copyOf(shared);
  }
}
