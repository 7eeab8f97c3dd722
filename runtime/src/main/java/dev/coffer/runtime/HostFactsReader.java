package dev.coffer.runtime;

import dev.coffer.linux.CgroupTrees;
import dev.coffer.linux.HostFiles;
import dev.coffer.model.ContainerSpec;
import dev.coffer.plan.HostFacts;
import dev.coffer.plan.HostFacts.CgroupTree;
import dev.coffer.plan.LsmFacts;
import dev.coffer.plan.NetworkFacts;
import dev.coffer.plan.StorageFacts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Looks at the host for the planner. What cannot change while the engine lives is looked at once.
 */
public final class HostFactsReader {
  private static final int MOST_SUFFIXES = 1000;
  private static final String EVERYBODY = "0\\s+0\\s+4294967295";
  private static final String INIT_SCOPE = "/init.scope";

  private final boolean privileged;
  private final long capabilities;
  private final int lastCapability;
  private final boolean sysrqTrigger;
  private final boolean ownRealm;
  private final boolean idMappedMounts;
  private final List<String> delegatable;
  private final UserReader user;
  private final LsmFacts lsm;
  private final NetworkFactsReader network;
  private final List<CgroupTrees.Tree> mounted;
  private final List<CgroupTree> trees;
  private volatile Seen seen = new Seen("", List.of());

  public HostFactsReader() {
    Map<String, String> status = status();
    this.privileged = status.getOrDefault("Uid", "").split("\\s+")[0].equals("0");
    this.capabilities = Long.parseUnsignedLong(status.getOrDefault("CapEff", "0"), 16);
    this.lastCapability =
        Integer.parseInt(HostFiles.readSmall(Path.of("/proc/sys/kernel/cap_last_cap")).strip());
    this.sysrqTrigger = Files.exists(Path.of("/proc/sysrq-trigger"));
    this.ownRealm = HostFiles.readSmall(Path.of("/proc/self/uid_map")).strip().matches(EVERYBODY);
    // a mount can only be mapped by root of the user namespace it was made in, mount_setattr(2)
    this.idMappedMounts = privileged && ownRealm && kernelAtLeast(5, 12);
    this.delegatable =
        HostFiles.readIfThere(Path.of("/sys/kernel/cgroup/delegate"))
            .map(text -> text.lines().toList())
            .orElse(HostFacts.USUALLY_DELEGATABLE);
    this.user = new UserReader(status);
    this.network = new NetworkFactsReader(privileged, uid());
    this.lsm = LsmReader.read(privileged);
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

  /** Whether the caller is root outside of every user namespace and can give mounts an id map. */
  public boolean idMappedMounts() {
    return idMappedMounts;
  }

  /** Callers mostly stand where the last one stood. */
  private record Seen(String cgroups, List<CgroupTree> trees) {}

  /** Root's containers go to the top of each tree, as LXC places them: where pid 1 is. */
  private List<CgroupTree> readTrees() {
    Map<String, String> first =
        privileged ? cgroups(HostFiles.readSmall(Path.of("/proc/1/cgroup")).lines()) : Map.of();
    List<CgroupTree> found = new ArrayList<>();
    for (CgroupTrees.Tree tree : mounted) {
      String key = key(tree);
      String base = first.getOrDefault(key, tree.own());
      if (base.endsWith(INIT_SCOPE)) {
        base = base.substring(0, base.length() - INIT_SCOPE.length());
      }
      found.add(
          placed(
              new CgroupTree(
                  tree.mount().toString(),
                  tree.controllers(),
                  tree.unified(),
                  relative(tree, base),
                  relative(tree, tree.own())),
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

  /**
   * The trees as a process sees its own place in them.
   *
   * @param pid 0 for this process
   */
  public List<CgroupTree> trees(int pid) {
    if (pid <= 0) {
      return trees;
    }
    String own = HostFiles.readSmall(Path.of("/proc/" + pid + "/cgroup"));
    Seen last = seen;
    if (!own.equals(last.cgroups)) {
      last = new Seen(own, trees(cgroups(own.lines())));
      seen = last;
    }
    return last.trees;
  }

  private List<CgroupTree> trees(Map<String, String> own) {
    Map<String, CgroupTrees.Tree> byMount = new HashMap<>();
    mounted.forEach(tree -> byMount.put(tree.mount().toString(), tree));
    return trees.stream()
        .map(known -> {
          CgroupTrees.Tree tree = byMount.get(known.mount());
          String cgroup = own.getOrDefault(key(tree), tree.own());
          return placed(known, relative(tree, cgroup));
        })
        .toList();
  }

  /** A tree as a process in the cgroup {@code own} can use it. */
  CgroupTree placed(CgroupTree tree, String own) {
    return privileged ? tree.at(own) : DelegatedTrees.placed(tree, own);
  }

  private static Map<String, String> cgroups(Stream<String> lines) {
    Map<String, String> cgroups = new HashMap<>();
    lines
        .map(line -> line.split(":", 3))
        .filter(parts -> parts.length == 3)
        .forEach(parts -> cgroups.put(parts[1], parts[2]));
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

  /** Whether this is root outside of every user namespace. */
  public boolean isHostsRoot() {
    return privileged && ownRealm;
  }

  /** What the kernel's security modules offer. */
  public LsmFacts lsm() {
    return lsm;
  }

  /** What the interfaces of a container need to know of the host's. */
  NetworkFacts network(ContainerSpec spec) {
    return network.read(spec);
  }

  /** Whose containers these are. */
  public HostFacts.User user() {
    return user.read();
  }

  /**
   * The facts for a container, with cgroup names that are free in every tree.
   *
   * @param trees as {@link #trees(int)} tells them of whoever wants it
   * @param taken names that are about to be used
   */
  HostFacts read(String name, List<CgroupTree> trees, Predicate<String> taken) {
    boolean keeperNeedsCgroup =
        trees.stream()
            .anyMatch(tree ->
                (tree.unified() || tree.controllers().contains("name=systemd"))
                    && !tree.own().equals("/"));
    return new HostFacts(
        trees,
        free("lxc.payload." + name, trees, taken),
        keeperNeedsCgroup ? free("lxc.monitor." + name, trees, taken) : "lxc.monitor." + name,
        keeperNeedsCgroup,
        privileged,
        lastCapability,
        idMappedMounts,
        sysrqTrigger,
        user.read(),
        lsm,
        ownRealm,
        delegatable,
        OptionalInt.empty(),
        network.machine(),
        StorageFacts.DIRECTORY);
  }

  private static String free(String name, List<CgroupTree> trees, Predicate<String> taken) {
    for (int i = 0; i < MOST_SUFFIXES; i++) {
      String candidate = i == 0 ? name : name + "-" + i;
      if (!taken.test(candidate)
          && trees.stream().noneMatch(tree -> tree.usable() && exists(tree, candidate))) {
        return candidate;
      }
    }
    throw new dev.coffer.model.CofferException(
        "no free cgroup name for " + name,
        List.of("hint  remove the empty cgroups " + name + "-*"));
  }

  private static boolean exists(CgroupTree tree, String name) {
    String base = tree.base().equals("/") ? "" : tree.base();
    return HostFiles.exists(Path.of(tree.mount() + base + "/" + name));
  }
}
