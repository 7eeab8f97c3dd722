package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.IdMap;
import dev.coffer.model.IdMaps;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.model.plan.Step;
import dev.coffer.plan.HostFacts.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Who writes the id maps: root itself, newuidmap(1) for subordinate ids of an ordinary user, nobody
 * else for such a user's own id alone. Refuses what none of them may write.
 */
public final class IdMapPlanner {
  private static final String PACKAGE = "uidmap";

  private final ContainerSpec spec;
  private final HostFacts facts;

  IdMapPlanner(ContainerSpec spec, HostFacts facts) {
    this.spec = spec;
    this.facts = facts;
  }

  /** An ordinary user has rights in a user namespace of his own only. */
  void requireMaps() {
    if (spec.privileges().automaticIds() && !spec.hasUserNamespace()) {
      throw new CofferException(
          "no ids were chosen for this container",
          List.of("from  coffer.idmap = auto", "hint  start it by its name and directory"));
    }
    if (facts.privileged() || spec.hasUserNamespace()) {
      return;
    }
    throw new CofferException(
        "a container of an ordinary user needs an id map, and its configuration has none",
        List.of("hint  " + proposal(facts.user())));
  }

  /** Lines for the configuration, or for the files that such lines need first. */
  private static String proposal(User user) {
    var uids = user.uids().longest();
    var gids = user.gids().longest();
    if (uids.isEmpty() || gids.isEmpty()) {
      String file = uids.isEmpty() ? "/etc/subuid" : "/etc/subgid";
      return file
          + " gives "
          + user.name()
          + " no ids; as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
          + user.name();
    }
    return "add \"lxc.idmap = u 0 "
        + uids.get().first()
        + " "
        + uids.get().count()
        + "\" and \"lxc.idmap = g 0 "
        + gids.get().first()
        + " "
        + gids.get().count()
        + "\", also to ~/.config/lxc/default.conf for later containers";
  }

  List<KeeperStep> write() {
    return write(spec.privileges().idMaps(), facts.user());
  }

  /**
   * The steps that write these maps for the first process of a user namespace.
   *
   * @throws CofferException when the user may not map these ids, or has no program to do it
   */
  public static List<KeeperStep> write(List<Sourced<IdMap>> lines, User user) {
    if (user.isRoot()) {
      return List.of(
          new KeeperStep.WriteIdMaps(
              lines.stream().map(Sourced::value).toList(), lines.getFirst().origin()));
    }
    List<KeeperStep> steps = new ArrayList<>();
    for (IdMap.Kind kind : IdMap.Kind.values()) {
      write(kind, lines.stream().filter(map -> map.value().kind() == kind).toList(), user, steps);
    }
    return steps;
  }

  private static void write(
      IdMap.Kind kind, List<Sourced<IdMap>> lines, User user, List<KeeperStep> steps) {
    if (lines.isEmpty()) {
      return;
    }
    List<IdMap> maps = lines.stream().map(Sourced::value).toList();
    Origin origin = lines.getFirst().origin();
    if (maps.size() == 1 && isOwn(maps.getFirst(), user)) {
      if (kind == IdMap.Kind.GROUP) {
        steps.add(new KeeperStep.ForbidSetgroups(origin));
      }
      steps.add(new KeeperStep.WriteIdMaps(maps, origin));
      return;
    }
    lines.forEach(line -> requireAllowed(line, user));
    String program = user.mapper(kind).orElseThrow(() -> missing(kind, origin));
    steps.add(new KeeperStep.RunIdMapper(program, kind, maps, origin));
  }

  /** As the kernel lets everyone map without help, user_namespaces(7). */
  private static boolean isOwn(IdMap map, User user) {
    return map.count() == 1 && map.hostFirst() == user.id(map.kind());
  }

  private static void requireAllowed(Sourced<IdMap> line, User user) {
    IdMap map = line.value();
    SubordinateIds allowed = user.subordinates(map.kind());
    if (isOwn(map, user) || allowed.elsewhere() || allowed.cover(map.hostFirst(), map.count())) {
      return;
    }
    String ids = new SubordinateIds.Range(map.hostFirst(), map.count()).describe();
    String file = file(map.kind());
    String option = map.kind() == IdMap.Kind.USER ? "--add-subuids " : "--add-subgids ";
    throw new CofferException(
        user.name() + " may not map the " + word(map.kind()) + " ids " + ids + " of the host",
        List.of(
            "from  " + line.origin().describe(),
            "why   " + file + " gives " + user.name() + " " + allowed.describe(),
            "hint  as root: usermod "
                + option
                + map.hostFirst()
                + "-"
                + (map.hostFirst() + map.count() - 1)
                + " "
                + user.name()
                + ", which adds the line \""
                + user.name()
                + ":"
                + map.hostFirst()
                + ":"
                + map.count()
                + "\"; or map ids that are listed there"));
  }

  private static CofferException missing(IdMap.Kind kind, Origin origin) {
    String program = kind == IdMap.Kind.USER ? "newuidmap" : "newgidmap";
    return new CofferException(
        "cannot map " + word(kind) + " ids: there is no " + program + " on this machine",
        List.of(
            "from  " + origin.describe(),
            "hint  install the package " + PACKAGE + ": apt-get install " + PACKAGE));
  }

  /** Root of the namespace, or where that is not mapped the user that init is to be. */
  Step become() {
    IdMaps maps = spec.privileges().maps();
    Sourced<Long> uid = spec.init().uid();
    Sourced<Long> gid = spec.init().gid();
    long first = maps.contains(IdMap.Kind.USER, 0) ? 0 : uid.value();
    long group = maps.contains(IdMap.Kind.GROUP, 0) ? 0 : gid.value();
    requireMapped(maps, IdMap.Kind.USER, first, "lxc.init.uid");
    requireMapped(maps, IdMap.Kind.GROUP, group, "lxc.init.gid");
    return first == 0 && group == 0
        ? new ContainerStep.BecomeRoot(origin())
        : new ContainerStep.BecomeUser(first, group, List.of(), origin());
  }

  private void requireMapped(IdMaps maps, IdMap.Kind kind, long id, String key) {
    if (maps.contains(kind, id)) {
      return;
    }
    String letter = kind == IdMap.Kind.USER ? "u" : "g";
    throw new CofferException(
        "the first process would be " + word(kind) + " " + id + ", which lxc.idmap does not map",
        List.of(
            "from  " + origin().describe(),
            "hint  map it: lxc.idmap = " + letter + " " + id + " …; or name a mapped one: " + key));
  }

  private Origin origin() {
    return spec.privileges().idMaps().getFirst().origin();
  }

  private static String file(IdMap.Kind kind) {
    return kind == IdMap.Kind.USER ? "/etc/subuid" : "/etc/subgid";
  }

  private static String word(IdMap.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
