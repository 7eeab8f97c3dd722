package dev.coffer.linux;

import java.nio.file.Path;
import java.util.List;

/** Kills whatever is in a cgroup. */
sealed interface CgroupKill {
  /** Kills; a cgroup that is not there has nobody in it. */
  static boolean run(Path cgroup, Deadline deadline) {
    try {
      return of(cgroup).run(deadline);
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ENODEV)) {
        return true;
      }
      throw e;
    }
  }

  private static CgroupKill of(Path cgroup) {
    return CgroupDirs.isUnified(cgroup) ? new Unified(cgroup) : new Legacy(cgroup);
  }

  /**
   * @return whether nothing is left
   */
  boolean run(Deadline deadline);

  /** By cgroup.kill, Linux 5.14: no fork escapes it. */
  record Unified(Path cgroup) implements CgroupKill {
    @Override
    public boolean run(Deadline deadline) {
      CgroupDirs.set(cgroup, "cgroup.kill", "1");
      return CgroupEvents.await(cgroup, "populated 0", deadline);
    }
  }

  /** By signals; again and again, for what is forking may not be in the list yet. */
  record Legacy(Path cgroup) implements CgroupKill {
    private static final int SIGKILL = 9;

    @Override
    public boolean run(Deadline deadline) {
      boolean freezer = HostFiles.exists(cgroup.resolve("freezer.state"));
      do {
        List<Integer> members = CgroupDirs.allMembers(cgroup);
        if (members.isEmpty()) {
          return true;
        }
        // A frozen process cannot fork, but it dies only once it is thawed.
        if (freezer) {
          CgroupFreezer.of(cgroup).begin();
        }
        members.forEach(pid -> Processes.sendSignal(pid, SIGKILL));
        if (freezer) {
          CgroupFreezer.of(cgroup).thaw();
        }
      } while (deadline.pause(1));
      return CgroupDirs.allMembers(cgroup).isEmpty();
    }
  }
}
