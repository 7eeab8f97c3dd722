package dev.coffer.linux;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What is done to one cgroup, given as a directory of a v1 or v2 hierarchy; which of them it is
 * shows in its files. Where a container's cgroups are is decided elsewhere.
 */
public final class CgroupDirs {
  private static final int MODE = 0755;

  private CgroupDirs() {}

  /**
   * Makes the cgroup, whose parent exists.
   *
   * @return false if it existed already
   */
  public static boolean make(Path cgroup) {
    try (Call call = new Call()) {
      long result = call.run(Sys.MKDIRAT, HostFiles.CURRENT_DIRECTORY, call.path(cgroup), MODE);
      if (result == -Errno.EEXIST.number()) {
        return false;
      }
      Call.checked("mkdirat", cgroup.toString(), result);
      return true;
    }
  }

  public static void set(Path cgroup, String file, String value) {
    HostFiles.writeSmall(cgroup.resolve(file), value);
  }

  /** The content of a file without its last newline. */
  public static String value(Path cgroup, String file) {
    return HostFiles.readSmall(cgroup.resolve(file)).stripTrailing();
  }

  /** Moves a process, with all its threads, into the cgroup. */
  public static void enter(Path cgroup, int pid) {
    set(cgroup, "cgroup.procs", String.valueOf(pid));
  }

  /** The processes in the cgroup itself, as this pid namespace numbers them. */
  public static List<Integer> members(Path cgroup) {
    return HostFiles.readSmall(cgroup.resolve("cgroup.procs"))
        .lines()
        .map(Integer::valueOf)
        .toList();
  }

  /** The processes in the cgroup and all below it. */
  public static List<Integer> allMembers(Path cgroup) {
    return CgroupWalk.members(cgroup);
  }

  /** Whether the directory is one of the v2 hierarchy. */
  public static boolean isUnified(Path cgroup) {
    return HostFiles.exists(cgroup.resolve("cgroup.controllers"));
  }

  /**
   * Kills all processes in the cgroup and below it, and waits until they are gone.
   *
   * @return whether they were gone in time
   */
  public static boolean killAll(Path cgroup, Duration limit) {
    return CgroupKill.run(cgroup, new Deadline(limit));
  }

  /**
   * Stops all processes in the cgroup and below it; in v1 the cgroup must be of the freezer
   * hierarchy.
   *
   * @return whether all had stopped in time
   */
  public static boolean freeze(Path cgroup, Duration limit) {
    return CgroupFreezer.of(cgroup).freeze(new Deadline(limit));
  }

  /** Whether a freeze is in force or under way; a parent that is frozen does not count. */
  public static boolean isFrozen(Path cgroup) {
    return CgroupFreezer.of(cgroup).isFrozen();
  }

  /**
   * Lets the processes go on; a parent that is frozen too still holds them. One that is gone holds
   * nobody.
   */
  public static void thaw(Path cgroup) {
    try {
      CgroupFreezer.of(cgroup).thaw();
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT) && !e.is(Errno.ENODEV)) {
        throw e;
      }
    }
  }

  /**
   * Removes the cgroup and all below it. Processes that are just dying keep a cgroup busy for a
   * moment.
   *
   * @return false if it did not exist
   * @throws KernelException EBUSY if it has processes when the time is over
   */
  public static boolean remove(Path cgroup, Duration limit) {
    return CgroupWalk.remove(cgroup, new Deadline(limit));
  }
}
