package dev.coffer.plan;

import dev.coffer.plan.HostFacts.CgroupTree;
import java.util.ArrayList;
import java.util.List;

/** Two hosts that plans are made for in tests. */
final class Hosts {
  /**
   * v1 trees for most controllers and v2 beside with one left over; the caller is in no session.
   */
  static final HostFacts HYBRID =
      new HostFacts(
          hybridTrees(),
          "lxc.payload.c",
          "lxc.monitor.c",
          false,
          true,
          40,
          true,
          true,
          HostFacts.User.ROOT);

  /** Only v2, the caller in a session. */
  static final HostFacts V2 =
      new HostFacts(
          List.of(
              new CgroupTree(
                  "/sys/fs/cgroup",
                  List.of("cpuset", "cpu", "memory", "pids"),
                  true,
                  "/",
                  "/user.slice/session-1.scope")),
          "lxc.payload.c",
          "lxc.monitor.c",
          true,
          true,
          40,
          true,
          true,
          HostFacts.User.ROOT);

  private Hosts() {}

  private static List<CgroupTree> hybridTrees() {
    List<CgroupTree> trees = new ArrayList<>();
    for (String controller : List.of("cpuset", "devices", "freezer", "memory", "pids")) {
      trees.add(tree(controller, controller, false));
    }
    trees.add(tree("systemd", "name=systemd", false));
    trees.add(tree("unified", "hugetlb", true));
    return trees;
  }

  private static CgroupTree tree(String mount, String controller, boolean unified) {
    return new CgroupTree("/sys/fs/cgroup/" + mount, List.of(controller), unified, "/", "/");
  }
}
