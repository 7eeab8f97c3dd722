package dev.coffer.runtime;

import dev.coffer.linux.CgroupTrees;
import dev.coffer.linux.HostFiles;
import dev.coffer.plan.HostFacts;
import dev.coffer.plan.HostFacts.CgroupTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at the host for the planner. What cannot change while the engine lives is looked at once.
 */
public final class HostFactsReader {
  private static final int MOST_SUFFIXES = 1000;
  private static final String INIT_SCOPE = "/init.scope";

  private final boolean privileged;
  private final long capabilities;
  private final int lastCapability;
  private final boolean sysrqTrigger;
  private final boolean idMappedMounts;
  private final List<CgroupTrees.Tree> mounted;
  private final List<CgroupTree> trees;

  public HostFactsReader() {
    Map<String, String> status = status();
    this.privileged = status.getOrDefault("Uid", "").split("\\s+")[0].equals("0");
    this.capabilities = Long.parseUnsignedLong(status.getOrDefault("CapEff", "0"), 16);
    this.lastCapability =
        Integer.parseInt(HostFiles.readSmall(Path.of("/proc/sys/kernel/cap_last_cap")).strip());
    this.sysrqTrigger = Files.exists(Path.of("/proc/sysrq-trigger"));
    this.idMappedMounts = privileged && kernelAtLeast(5, 12);
    this.mounted = CgroupTrees.read().trees();
    this.trees = readTrees();
  }

  /** The real user id of this process. */
  public static long uid() {
    return Long.parseLong(status().getOrDefault("Uid", "0").split("\\s+")[0]);
  }

  private static Map<String, String> status() {
    Map<String, String> status = new HashMap<>();
    for (String line : HostFiles.readSmall(Path.of("/proc/self/status")).split("\n")) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        status.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    return status;
  }

  private static boolean kernelAtLeast(int major, int minor) {
    String release = HostFiles.readSmall(Path.of("/proc/sys/kernel/osrelease"));
    String[] parts = release.split("[^0-9]+");
    int first = Integer.parseInt(parts[0]);
    return first > major || (first == major && Integer.parseInt(parts[1]) >= minor);
  }

  /** Root's containers go to the top of each tree, as LXC places them: where pid 1 is. */
  private List<CgroupTree> readTrees() {
    Map<String, String> first = privileged ? cgroups("1") : Map.of();
    List<CgroupTree> found = new ArrayList<>();
    for (CgroupTrees.Tree tree : mounted) {
      String key = key(tree);
      String base = first.getOrDefault(key, tree.own());
      if (base.endsWith(INIT_SCOPE)) {
        base = base.substring(0, base.length() - INIT_SCOPE.length());
      }
      found.add(
          new CgroupTree(
              tree.mount().toString(),
              tree.controllers(),
              tree.unified(),
              relative(tree, base),
              relative(tree, tree.own())));
    }
    found.sort((a, b) -> Boolean.compare(a.unified(), b.unified()));
    return found;
  }

  private static String relative(CgroupTrees.Tree tree, String cgroup) {
    String path = "/" + tree.mount().relativize(tree.directory(cgroup.isEmpty() ? "/" : cgroup));
    return Files.isDirectory(Path.of(tree.mount() + path)) ? path : "/";
  }

  /** How /proc/PID/cgroup names a tree. */
  private static String key(CgroupTrees.Tree tree) {
    return tree.unified() ? "" : String.join(",", tree.controllers());
  }

  /** The trees as a process sees its own place in them. */
  private List<CgroupTree> trees(int pid) {
    Map<String, String> own = cgroups(String.valueOf(pid));
    Map<String, CgroupTrees.Tree> byMount = new HashMap<>();
    mounted.forEach(tree -> byMount.put(tree.mount().toString(), tree));
    return trees.stream()
        .map(known -> {
          CgroupTrees.Tree tree = byMount.get(known.mount());
          String cgroup = own.getOrDefault(key(tree), tree.own());
          return new CgroupTree(
              known.mount(),
              known.controllers(),
              known.unified(),
              privileged ? known.base() : relative(tree, cgroup),
              relative(tree, cgroup));
        })
        .toList();
  }

  private static Map<String, String> cgroups(String pid) {
    Map<String, String> cgroups = new HashMap<>();
    for (String line : HostFiles.readSmall(Path.of("/proc", pid, "cgroup")).split("\n")) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3) {
        cgroups.put(parts[1], parts[2]);
      }
    }
    return cgroups;
  }

  /** The mounted cgroup trees, v1 first. */
  public List<CgroupTree> trees() {
    return trees;
  }

  /** The caller's effective capabilities as bits. */
  public long capabilities() {
    return capabilities;
  }

  /** Bits of all capabilities the kernel knows: what root of a new user namespace holds. */
  public long allCapabilities() {
    return (1L << (lastCapability + 1)) - 1;
  }

  public boolean privileged() {
    return privileged;
  }

  /**
   * The facts for a container of this process's own, with cgroup names that are free in every tree.
   */
  public HostFacts read(String name) {
    return read(name, trees);
  }

  /**
   * The same for one that another process wants, a caller of this engine: it may be in other
   * cgroups.
   */
  public HostFacts read(String name, int caller) {
    return read(name, caller > 0 ? trees(caller) : trees);
  }

  /** The same with the places in the cgroup trees known from before. */
  HostFacts read(String name, List<CgroupTree> trees) {
    boolean keeperNeedsCgroup =
        trees.stream()
            .anyMatch(tree ->
                (tree.unified() || tree.controllers().contains("name=systemd"))
                    && !tree.own().equals("/"));
    return new HostFacts(
        trees,
        free("lxc.payload." + name, trees),
        keeperNeedsCgroup ? free("lxc.monitor." + name, trees) : "lxc.monitor." + name,
        keeperNeedsCgroup,
        privileged,
        lastCapability,
        idMappedMounts,
        sysrqTrigger);
  }

  private static String free(String name, List<CgroupTree> trees) {
    for (int i = 0; i < MOST_SUFFIXES; i++) {
      String candidate = i == 0 ? name : name + "-" + i;
      if (trees.stream().noneMatch(tree -> exists(tree, candidate))) {
        return candidate;
      }
    }
    throw new dev.coffer.model.CofferException(
        "no free cgroup name for " + name,
        List.of("hint  remove the empty cgroups " + name + "-*"));
  }

  private static boolean exists(CgroupTree tree, String name) {
    String base = tree.base().equals("/") ? "" : tree.base();
    return Files.exists(Path.of(tree.mount() + base + "/" + name));
  }
}
