package dev.coffer.plan;

import java.util.List;
import java.util.Optional;

/**
 * What a plan needs to know of the host; the only way the planner learns of it.
 *
 * @param trees mounted cgroup trees, v1 first
 * @param cgroupName last component of the container's cgroup, free in every tree
 * @param keeperCgroupName the same for the keeper's
 * @param keeperNeedsCgroup whether the caller runs in a session's or service's cgroup, so that a
 *     keeper left there would end with it
 * @param privileged whether the caller is root of the host
 * @param lastCapability highest capability number the kernel knows
 * @param idMappedMounts whether mounts can carry an id map
 * @param sysrqTrigger whether /proc/sysrq-trigger exists
 */
public record HostFacts(
    List<CgroupTree> trees,
    String cgroupName,
    String keeperCgroupName,
    boolean keeperNeedsCgroup,
    boolean privileged,
    int lastCapability,
    boolean idMappedMounts,
    boolean sysrqTrigger) {
  public HostFacts {
    trees = List.copyOf(trees);
  }

  /** These facts after a reboot: the keeper stays where it is, all else is as found now. */
  public HostFacts forNextLife(HostFacts now) {
    return new HostFacts(
        now.trees,
        now.cgroupName,
        keeperCgroupName,
        keeperNeedsCgroup,
        now.privileged,
        now.lastCapability,
        now.idMappedMounts,
        now.sysrqTrigger);
  }

  /** Whether only the v2 tree is mounted. */
  public boolean isUnified() {
    return trees.stream().allMatch(CgroupTree::unified);
  }

  public Optional<CgroupTree> unifiedTree() {
    return trees.stream().filter(CgroupTree::unified).findFirst();
  }

  /** The v1 tree of a controller. */
  public Optional<CgroupTree> legacyTree(String controller) {
    return trees.stream()
        .filter(tree -> !tree.unified() && tree.controllers().contains(controller))
        .findFirst();
  }

  /**
   * One mounted cgroup tree.
   *
   * @param mount where it is mounted
   * @param controllers v1: those of this tree, {@code name=…} for a named one; v2: those at hand
   * @param base the cgroup below which containers go, absolute within the tree, {@code /} for its
   *     top
   * @param own the caller's own cgroup within the tree
   */
  public record CgroupTree(
      String mount, List<String> controllers, boolean unified, String base, String own) {
    public CgroupTree {
      controllers = List.copyOf(controllers);
    }
  }
}
