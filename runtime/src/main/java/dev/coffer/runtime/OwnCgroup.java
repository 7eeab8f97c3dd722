package dev.coffer.runtime;

import dev.coffer.linux.CgroupDirs;
import dev.coffer.linux.Errno;
import dev.coffer.linux.KernelException;
import dev.coffer.model.plan.Undo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The cgroup that this process is in. An engine that a keeper woke is born in the keeper's cgroup,
 * which ends with the container, and with it all that is still in there.
 */
final class OwnCgroup {
  private static final int SELF = (int) ProcessHandle.current().pid();

  private OwnCgroup() {}

  /** Leaves the cgroups that go with a keeper. */
  static void leave(List<Undo> undos) {
    for (Undo undo : undos) {
      if (undo instanceof Undo.RemoveKeeperCgroup cgroup) {
        leave(Path.of(cgroup.path()));
      }
    }
  }

  /** Moves to the nearest cgroup above; does nothing when this process is not in there. */
  static void leave(Path cgroup) {
    if (!isIn(cgroup)) {
      return;
    }
    Path above = cgroup.getParent();
    while (Files.exists(above.resolve("cgroup.procs"))) {
      try {
        CgroupDirs.enter(above, SELF);
        return;
      } catch (KernelException _) {
        // on v2 one with controllers for its children takes no process, cgroups(7); the root does
        above = above.getParent();
      }
    }
  }

  private static boolean isIn(Path cgroup) {
    try {
      return CgroupDirs.members(cgroup).contains(SELF);
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ENODEV)) { // it is gone, or goes this moment
        return false;
      }
      throw e;
    }
  }
}
