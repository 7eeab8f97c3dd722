package dev.coffer.plan;

import dev.coffer.model.IdMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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
 * @param idMappedMounts whether mounts can carry an id map, which only the host's root can give
 *     them
 * @param sysrqTrigger whether /proc/sysrq-trigger exists
 * @param user whose engine this is
 * @param lsm what the kernel's security modules offer
 * @param ownRealm whether the caller is in the host's own user namespace; a root that is not may
 *     make no device node, load no device program and map no ids of the host's mounts
 * @param delegatable the files of a v2 cgroup that go with it when it is given away
 * @param guestSystemd the version of the container's systemd; empty where it has none, or it does
 *     not matter
 * @param network what interfaces are made from
 * @param storage what the root file system is mounted from
 */
public record HostFacts(
    List<CgroupTree> trees,
    String cgroupName,
    String keeperCgroupName,
    boolean keeperNeedsCgroup,
    boolean privileged,
    int lastCapability,
    boolean idMappedMounts,
    boolean sysrqTrigger,
    User user,
    LsmFacts lsm,
    boolean ownRealm,
    List<String> delegatable,
    OptionalInt guestSystemd,
    NetworkFacts network,
    StorageFacts storage) {
  /** What kernels before 6.0 do not tell by themselves, cgroups(7) "Delegation". */
  public static final List<String> USUALLY_DELEGATABLE =
      List.of("cgroup.procs", "cgroup.threads", "cgroup.subtree_control");

  public HostFacts {
    trees = List.copyOf(trees);
    delegatable = List.copyOf(delegatable);
  }

  /** Of a caller in the host's own user namespace, for a container without systemd. */
  public HostFacts(
      List<CgroupTree> trees,
      String cgroupName,
      String keeperCgroupName,
      boolean keeperNeedsCgroup,
      boolean privileged,
      int lastCapability,
      boolean idMappedMounts,
      boolean sysrqTrigger,
      User user,
      LsmFacts lsm) {
    this(
        trees,
        cgroupName,
        keeperCgroupName,
        keeperNeedsCgroup,
        privileged,
        lastCapability,
        idMappedMounts,
        sysrqTrigger,
        user,
        lsm,
        true,
        USUALLY_DELEGATABLE,
        OptionalInt.empty(),
        NetworkFacts.NONE,
        StorageFacts.DIRECTORY);
  }

  /** The same for a container with this systemd. */
  public HostFacts withGuest(OptionalInt systemd) {
    return with(trees, cgroupName, keeperCgroupName, keeperNeedsCgroup, systemd, network, storage);
  }

  /** The same for a container whose interfaces need to know this. */
  public HostFacts withNetwork(NetworkFacts seen) {
    return with(
        trees, cgroupName, keeperCgroupName, keeperNeedsCgroup, guestSystemd, seen, storage);
  }

  /** The same for a container whose root file system is mounted from this. */
  public HostFacts withStorage(StorageFacts seen) {
    return with(
        trees, cgroupName, keeperCgroupName, keeperNeedsCgroup, guestSystemd, network, seen);
  }

  /** These facts after a reboot: the keeper stays where it is, all else is as found now. */
  public HostFacts forNextLife(HostFacts now) {
    return now.at(now.trees, now.cgroupName, keeperCgroupName, keeperNeedsCgroup);
  }

  /** The same with the places and names of another moment. */
  public HostFacts at(
      List<CgroupTree> places, String name, String keeperName, boolean keeperNeeds) {
    return with(places, name, keeperName, keeperNeeds, guestSystemd, network, storage);
  }

  /** All but what stays the same as long as the engine lives. */
  private HostFacts with(
      List<CgroupTree> places,
      String name,
      String keeperName,
      boolean keeperNeeds,
      OptionalInt systemd,
      NetworkFacts seen,
      StorageFacts stored) {
    return new HostFacts(
        places,
        name,
        keeperName,
        keeperNeeds,
        privileged,
        lastCapability,
        idMappedMounts,
        sysrqTrigger,
        user,
        lsm,
        ownRealm,
        delegatable,
        systemd,
        seen,
        stored);
  }

  /** Whether the caller is root outside of every user namespace. */
  public boolean isHostsRoot() {
    return privileged && ownRealm;
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
   * @param usable whether cgroups can be made below {@code base}
   * @param scope the unit of the user's systemd that is to be started, which makes {@code base} and
   *     moves the keeper there; empty where all is there
   */
  public record CgroupTree(
      String mount,
      List<String> controllers,
      boolean unified,
      String base,
      String own,
      boolean usable,
      Optional<String> scope) {
    public CgroupTree {
      controllers = List.copyOf(controllers);
    }

    public CgroupTree(
        String mount,
        List<String> controllers,
        boolean unified,
        String base,
        String own,
        boolean usable) {
      this(mount, controllers, unified, base, own, usable, Optional.empty());
    }

    public CgroupTree(
        String mount, List<String> controllers, boolean unified, String base, String own) {
      this(mount, controllers, unified, base, own, true);
    }

    /** The same for whom a scope is started that makes this cgroup. */
    public CgroupTree inScope(String unit, String cgroup) {
      return new CgroupTree(mount, controllers, unified, cgroup, cgroup, true, Optional.of(unit));
    }

    /** The same when its scope has been started. */
    public CgroupTree started() {
      return new CgroupTree(mount, controllers, unified, base, own, usable);
    }

    /** The same for a process that stands elsewhere in it. */
    public CgroupTree at(String place) {
      return new CgroupTree(mount, controllers, unified, base, place, usable);
    }
  }

  /**
   * Whose containers these are, and what of the host's ids they may use.
   *
   * @param newuidmap the program that writes maps of subordinate user ids; empty where it is
   *     missing
   * @param newgidmap the same for groups
   */
  public record User(
      long uid,
      long gid,
      String name,
      SubordinateIds uids,
      SubordinateIds gids,
      Optional<String> newuidmap,
      Optional<String> newgidmap) {
    /** Who needs nobody's leave. */
    public static final User ROOT =
        new User(
            0,
            0,
            "root",
            SubordinateIds.NONE,
            SubordinateIds.NONE,
            Optional.empty(),
            Optional.empty());

    /** Whether this is the host's root, who may map any id. */
    public boolean isRoot() {
      return uid == 0;
    }

    long id(IdMap.Kind kind) {
      return kind == IdMap.Kind.USER ? uid : gid;
    }

    /** Of one kind. */
    public SubordinateIds subordinates(IdMap.Kind kind) {
      return kind == IdMap.Kind.USER ? uids : gids;
    }

    Optional<String> mapper(IdMap.Kind kind) {
      return kind == IdMap.Kind.USER ? newuidmap : newgidmap;
    }
  }
}
