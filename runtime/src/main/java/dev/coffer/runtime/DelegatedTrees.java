package dev.coffer.runtime;

import dev.coffer.linux.CgroupDirs;
import dev.coffer.linux.Errno;
import dev.coffer.linux.KernelException;
import dev.coffer.model.plan.HostStep;
import dev.coffer.plan.Delegation;
import dev.coffer.plan.HostFacts.CgroupTree;
import java.nio.file.Files;
import java.nio.file.Path;

/** The cgroups that were delegated to an ordinary user. */
final class DelegatedTrees {
  private DelegatedTrees() {}

  /** A tree as such a user's process in the cgroup {@code own} can use it. */
  static CgroupTree placed(CgroupTree tree, String own) {
    Delegation delegation = Delegation.of(own, cgroup -> isWritable(tree, cgroup));
    return new CgroupTree(
        tree.mount(),
        tree.controllers(),
        tree.unified(),
        delegation.base(),
        own,
        delegation.usable());
  }

  private static boolean isWritable(CgroupTree tree, String cgroup) {
    Path directory = Path.of(tree.mount() + cgroup);
    return Files.isWritable(directory) && Files.isWritable(directory.resolve("cgroup.procs"));
  }

  /** A process that is born meanwhile is met in the next round. */
  static void vacate(HostStep.VacateCgroup step) {
    Path path = Path.of(step.path());
    Path leaf = path.resolve(step.leaf());
    var members = CgroupDirs.members(path);
    if (members.isEmpty()) {
      return;
    }
    CgroupDirs.make(leaf);
    while (!members.isEmpty()) {
      members.forEach(pid -> move(leaf, pid));
      members = CgroupDirs.members(path);
    }
  }

  private static void move(Path leaf, int pid) {
    try {
      CgroupDirs.enter(leaf, pid);
    } catch (KernelException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
      // it has ended meanwhile
    }
  }
}
