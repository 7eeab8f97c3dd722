package dev.coffer.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The cgroup hierarchies mounted on this host, cgroups(7), and where this process is in each. */
public record CgroupTrees(List<Tree> trees) {
  /** How the host divides its controllers. */
  public enum Layout {
    /** v1 only. */
    LEGACY,
    /** v1 for most controllers, and v2 beside. */
    HYBRID,
    /** v2 only. */
    UNIFIED
  }

  public CgroupTrees {
    trees = List.copyOf(trees);
  }

  /**
   * One mounted hierarchy.
   *
   * @param controllers v1: those bound to it, {@code name=…} for a named one; v2: those not taken
   *     by v1
   * @param root the cgroup that appears as the mount's top, {@code /} on a host
   * @param own this process's cgroup, absolute within the hierarchy
   */
  public record Tree(
      Path mount, List<String> controllers, boolean unified, String root, String own) {
    public Tree {
      controllers = List.copyOf(controllers);
    }

    /** The directory of a cgroup that is given as /proc/PID/cgroup gives it. */
    public Path directory(String cgroup) {
      boolean below = !root.equals("/") && (cgroup + "/").startsWith(root + "/");
      String relative = below ? cgroup.substring(root.length()) : cgroup;
      return mount.resolve(relative.startsWith("/") ? relative.substring(1) : relative);
    }

    public Path ownDirectory() {
      return directory(own);
    }
  }

  public static CgroupTrees read() {
    return of(
        MountInfo.read(),
        HostFiles.readSmall(Path.of("/proc/self/cgroup")),
        mount -> HostFiles.readSmall(Path.of(mount, "cgroup.controllers")));
  }

  /**
   * @param own content of /proc/self/cgroup
   * @param controllers from the mount point of v2 to its cgroup.controllers
   */
  static CgroupTrees of(List<MountInfo> mounts, String own, UnaryOperator<String> controllers) {
    List<Tree> trees = new ArrayList<>();
    // Lines are ID:CONTROLLERS:PATH; v2 is the one without controllers.
    for (String line : own.lines().toList().reversed()) {
      String[] fields = line.split(":", 3);
      List<String> named = fields[1].isEmpty() ? List.of() : List.of(fields[1].split(","));
      mount(mounts, named)
          .ifPresent(mount -> trees.add(tree(mount, named, fields[2], controllers)));
    }
    trees.sort((a, b) -> Boolean.compare(a.unified, b.unified));
    return new CgroupTrees(trees);
  }

  public Layout layout() {
    if (trees.stream().allMatch(Tree::unified)) {
      return Layout.UNIFIED;
    }
    return unified().isPresent() ? Layout.HYBRID : Layout.LEGACY;
  }

  /** The v2 hierarchy. */
  public Optional<Tree> unified() {
    return trees.stream().filter(Tree::unified).findFirst();
  }

  /** The hierarchy that has a controller, or a named one by {@code name=…}; v1 before v2. */
  public Optional<Tree> tree(String controller) {
    return trees.stream().filter(tree -> tree.controllers.contains(controller)).findFirst();
  }

  private static Optional<MountInfo> mount(List<MountInfo> mounts, List<String> controllers) {
    return mounts.stream()
        .filter(mount ->
            controllers.isEmpty()
                ? mount.type().equals("cgroup2")
                : mount.type().equals("cgroup") && mount.superOptions().containsAll(controllers))
        .findFirst();
  }

  private static Tree tree(
      MountInfo mount, List<String> named, String own, UnaryOperator<String> controllers) {
    boolean unified = named.isEmpty();
    List<String> available =
        unified
            ? Arrays.stream(controllers.apply(mount.point().toString()).split("\\s+"))
                .filter(name -> !name.isEmpty())
                .toList()
            : named;
    return new Tree(mount.point(), available, unified, mount.root(), own);
  }
}
