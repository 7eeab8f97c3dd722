package dev.coffer.linux;

import java.nio.file.Path;

/** Stops and continues all processes of a cgroup. */
sealed interface CgroupFreezer {
  static CgroupFreezer of(Path cgroup) {
    return CgroupDirs.isUnified(cgroup) ? new Unified(cgroup) : new Legacy(cgroup);
  }

  /** Asks for it without waiting. */
  void begin();

  /**
   * @return whether all processes stopped in time
   */
  boolean freeze(Deadline deadline);

  void thaw();

  boolean isFrozen();

  /** cgroup.freeze, whose completion cgroup.events tells. */
  record Unified(Path cgroup) implements CgroupFreezer {
    @Override
    public void begin() {
      CgroupDirs.set(cgroup, "cgroup.freeze", "1");
    }

    @Override
    public boolean freeze(Deadline deadline) {
      begin();
      return CgroupEvents.await(cgroup, "frozen 1", deadline);
    }

    @Override
    public void thaw() {
      CgroupDirs.set(cgroup, "cgroup.freeze", "0");
    }

    @Override
    public boolean isFrozen() {
      return CgroupDirs.value(cgroup, "cgroup.freeze").equals("1");
    }
  }

  /** freezer.state, which nobody is told about. */
  record Legacy(Path cgroup) implements CgroupFreezer {
    private static final String STATE = "freezer.state";

    @Override
    public void begin() {
      CgroupDirs.set(cgroup, STATE, "FROZEN");
    }

    @Override
    public boolean freeze(Deadline deadline) {
      do {
        // The kernel tries again to freeze what it missed only when it is read or told again.
        begin();
        if (CgroupDirs.value(cgroup, STATE).equals("FROZEN")) {
          return true;
        }
      } while (deadline.pause(1));
      return false;
    }

    @Override
    public void thaw() {
      CgroupDirs.set(cgroup, STATE, "THAWED");
    }

    @Override
    public boolean isFrozen() {
      return CgroupDirs.value(cgroup, "freezer.self_freezing").equals("1");
    }
  }
}
