package dev.coffer;

import dev.coffer.image.MappedRoot;
import dev.coffer.image.Owner;
import dev.coffer.model.IdMap;
import dev.coffer.model.IdMaps;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.plan.HostFacts.User;
import dev.coffer.plan.IdMapPlanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The ids of a container and of whoever makes or deletes it, in one user namespace: its root may
 * handle the files of both there.
 */
record MakersMaps(List<Sourced<IdMap>> lines, User user) {
  MakersMaps {
    lines = List.copyOf(lines);
  }

  /**
   * @param container the maps of the configuration; empty for none
   */
  static MakersMaps of(List<Sourced<IdMap>> container, User user) {
    if (container.isEmpty()) {
      return new MakersMaps(List.of(), user);
    }
    List<Sourced<IdMap>> lines = new ArrayList<>(container);
    IdMaps maps = maps(container).with(IdMap.Kind.USER, user.uid());
    maps = maps.with(IdMap.Kind.GROUP, user.gid());
    maps.lines().stream()
        .skip(container.size())
        .forEach(own -> lines.add(Sourced.builtIn(own, "lxc.idmap")));
    return new MakersMaps(lines, user);
  }

  private static IdMaps maps(List<Sourced<IdMap>> lines) {
    return new IdMaps(lines.stream().map(Sourced::value).toList());
  }

  /** What writes them; empty without maps. */
  List<KeeperStep> steps() {
    return lines.isEmpty() ? List.of() : IdMapPlanner.write(lines, user);
  }

  /** Root of the container; empty where it has no maps, or none for root. */
  Optional<MappedRoot> root() {
    IdMaps maps = maps(lines);
    OptionalLong uid = maps.toHost(IdMap.Kind.USER, 0);
    OptionalLong gid = maps.toHost(IdMap.Kind.GROUP, 0);
    if (uid.isEmpty() || gid.isEmpty()) {
      return Optional.empty();
    }
    Owner onHost = new Owner(uid.getAsLong(), gid.getAsLong());
    Owner caller =
        new Owner(
            maps.fromHost(IdMap.Kind.USER, user.uid()).orElseThrow(),
            maps.fromHost(IdMap.Kind.GROUP, user.gid()).orElseThrow());
    boolean direct = user.isRoot() || onHost.equals(new Owner(user.uid(), user.gid()));
    return Optional.of(
        new MappedRoot(
            onHost,
            caller,
            direct ? MappedRoot.Giving.DIRECTLY : MappedRoot.Giving.INSIDE,
            maps.lines()));
  }
}
