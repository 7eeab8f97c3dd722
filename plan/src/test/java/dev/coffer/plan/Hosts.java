package dev.coffer.plan;

import dev.coffer.plan.HostFacts.CgroupTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Hosts that plans are made for in tests. */
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
          HostFacts.User.ROOT,
          LsmFacts.NONE);

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
          HostFacts.User.ROOT,
          LsmFacts.NONE);

  private static final SubordinateIds IDS = SubordinateIds.parse("eve:100000:65536\n", "eve", 1000);
  static final HostFacts.User EVE =
      new HostFacts.User(
          1000,
          1000,
          "eve",
          IDS,
          IDS,
          Optional.of("/usr/bin/newuidmap"),
          Optional.of("/usr/bin/newgidmap"));

  /** Only v2, and an ordinary user in a cgroup that was delegated to her. */
  static final HostFacts DELEGATED = user(V2.trees().getFirst(), "/user.slice/run-1.scope", true);

  /** v1 and v2, and an ordinary user who may make no cgroup in any tree. */
  static final HostFacts UNDELEGATED =
      new HostFacts(
          hybridTrees().stream()
              .map(tree ->
                  new CgroupTree(tree.mount(), tree.controllers(), tree.unified(), "/", "/", false))
              .toList(),
          "lxc.payload.c",
          "lxc.monitor.c",
          false,
          false,
          40,
          false,
          true,
          EVE,
          LsmFacts.NONE);

  private Hosts() {}

  private static HostFacts user(CgroupTree tree, String own, boolean usable) {
    return new HostFacts(
        List.of(new CgroupTree(tree.mount(), tree.controllers(), tree.unified(), own, own, usable)),
        "lxc.payload.c",
        "lxc.monitor.c",
        true,
        false,
        40,
        false,
        true,
        EVE,
        LsmFacts.NONE);
  }

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
