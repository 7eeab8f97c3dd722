package dev.coffer.plan;

import dev.coffer.model.Cgroups;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Sourced;
import dev.coffer.plan.HostFacts.CgroupTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a container and its keeper stand in every cgroup tree, as lxc.cgroup.dir and its relatives
 * say.
 *
 * @param places one for each tree that can be used, in the order of the facts
 */
public record CgroupPlacement(List<Place> places) {
  public CgroupPlacement {
    places = List.copyOf(places);
  }

  /**
   * The paths in one tree, relative to its mount and beginning with a slash.
   *
   * @param base the cgroup that all of it lies below
   * @param limit the cgroup that carries the limits
   * @param inner the one the processes live in; the same unless lxc.cgroup.dir.container.inner is
   *     set
   */
  public record Place(
      CgroupTree tree, String base, String limit, String inner, Optional<String> keeper) {
    /** The cgroups between the base and a path below it, the topmost first. */
    List<String> foldersOf(String path) {
      List<String> folders = new ArrayList<>();
      int start = base.equals("/") ? 1 : base.length() + 1;
      for (int at = path.indexOf('/', start); at > 0; at = path.indexOf('/', at + 1)) {
        folders.add(path.substring(0, at));
      }
      return folders;
    }

    public String limitDirectory() {
      return tree.mount() + limit;
    }

    public String innerDirectory() {
      return tree.mount() + inner;
    }
  }

  /** As {@link #freezer}; empty where no container can be frozen, so that none has to be thawed. */
  public Optional<Path> freezerIfAny() {
    return places.stream()
        .filter(place -> place.tree().unified() || place.tree().controllers().contains("freezer"))
        .min((a, b) -> Boolean.compare(a.tree().unified(), b.tree().unified()))
        .map(Place::limitDirectory)
        .map(Path::of);
  }

  /**
   * The directory by which all processes are stopped and let go on: the v1 freezer's, or the v2
   * one.
   *
   * @throws CofferException where the host has neither
   */
  public Path freezer() {
    return freezerIfAny()
        .orElseThrow(() ->
            new CofferException(
                "there is no freezer cgroup that could be used",
                List.of(
                    "hint  an ordinary user's container has one when it was started in a delegated"
                        + " cgroup: "
                        + Delegation.COMMAND
                        + " -- lxc-start -n NAME")));
  }

  /**
   * The place in the v1 tree that has a controller, else in v2 where it has it; v2 itself for no
   * name.
   */
  public Optional<Place> place(String controller) {
    return places.stream()
        .filter(place ->
            controller.isEmpty()
                ? place.tree().unified()
                : place.tree().controllers().contains(controller))
        .findFirst();
  }

  public static CgroupPlacement of(ContainerSpec spec, HostFacts facts) {
    return new CgroupPlacement(
        facts.trees().stream()
            .filter(CgroupTree::usable)
            .map(tree -> place(spec, facts, tree))
            .toList());
  }

  private static Place place(ContainerSpec spec, HostFacts facts, CgroupTree tree) {
    Cgroups cgroups = spec.cgroups();
    String base = cgroups.relative() ? tree.own() : tree.base();
    String limit =
        cgroups
            .containerDir()
            .or(() -> cgroups.dir().map(dir -> map(dir, dir.value() + "/" + facts.cgroupName())))
            .map(Sourced::value)
            .orElse(facts.cgroupName());
    String limitPath = join(base, limit);
    String inner =
        cgroups
            .containerInner()
            .map(Sourced::value)
            .or(() -> NestingPlanner.innerCgroup(spec, facts, tree))
            .map(name -> limitPath + "/" + name)
            .orElse(limitPath);
    return new Place(tree, base, limitPath, inner, keeper(cgroups, facts, tree, base));
  }

  /** The keeper moves where the config says so, and in the tree that sessions are tracked by. */
  private static Optional<String> keeper(
      Cgroups cgroups, HostFacts facts, CgroupTree tree, String base) {
    if (cgroups.monitorDir().isPresent()) {
      return cgroups.monitorDir().map(dir -> join(base, dir.value()));
    }
    boolean tracksSessions = tree.unified() || tree.controllers().contains("name=systemd");
    if (!facts.keeperNeedsCgroup() || !tracksSessions) {
      return Optional.empty();
    }
    String name = cgroups.dir().map(dir -> dir.value() + "/").orElse("") + facts.keeperCgroupName();
    return Optional.of(join(base, name));
  }

  private static Sourced<String> map(Sourced<String> value, String text) {
    return new Sourced<>(text, value.origin());
  }

  private static String join(String base, String rest) {
    return base.endsWith("/") ? base + rest : base + "/" + rest;
  }
}
