package dev.coffer.plan;

import dev.coffer.model.Cgroups;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Problem;
import dev.coffer.model.Sourced;
import dev.coffer.plan.HostFacts.CgroupTree;
import java.util.List;

/** Tells where the device rules of {@code coffer.security = default} can be written nowhere. */
public final class DeviceNotice {
  private static final String REMEDY =
      "mkdir /sys/fs/cgroup/devices && mount -t cgroup -o devices cgroup /sys/fs/cgroup/devices;"
          + " or boot with cgroup v2 alone";

  private DeviceNotice() {}

  /**
   * What is worth saying about a start, and no reason to refuse it. Rules of one's own are refused
   * there with their line.
   *
   * @param trees all that are mounted
   * @param hostsRoot whether root starts it, outside of every user namespace
   */
  public static List<Problem> of(ContainerSpec spec, List<CgroupTree> trees, boolean hostsRoot) {
    if (!hostsRoot || spec.privileges().secure().isEmpty() || hasPlace(trees)) {
      return List.of();
    }
    boolean opened = spec.cgroups().v1().stream().anyMatch(DeviceNotice::isAboutAll);
    return opened
        ? List.of()
        : List.of(
            Problem.warning(
                spec.privileges().secure().get(),
                "no cgroup tree of this host has the devices controller: which devices can be"
                    + " opened is not limited",
                REMEDY));
  }

  /** The same in a comparison with the default, {@link Protections}, where {@link #of} tells it. */
  public static List<Protection> correct(List<Protection> rows, List<Problem> notices) {
    return notices.isEmpty() ? rows : rows.stream().map(DeviceNotice::correct).toList();
  }

  private static Protection correct(Protection row) {
    return row.subject().equals("devices")
        ? Protection.weaker(
            row.subject(),
            "every node can be opened, for this host has no cgroup tree for devices",
            row.origin(),
            "")
        : row;
  }

  private static boolean isAboutAll(Sourced<Cgroups.Value> value) {
    return DeviceLimits.isRule(value) && DeviceLimits.isAboutAll(value);
  }

  /** In v2 rules are programs and need no controller, but v1 trees beside it are asked first. */
  private static boolean hasPlace(List<CgroupTree> trees) {
    boolean unified = !trees.isEmpty() && trees.stream().allMatch(CgroupTree::unified);
    return unified || trees.stream().anyMatch(tree -> tree.controllers().contains("devices"));
  }
}
