package dev.coffer.model;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** All lines of a user namespace's id maps, for users and groups. */
public record IdMaps(List<IdMap> lines) {
  public IdMaps {
    lines = List.copyOf(lines);
  }

  /** The lines of one kind. */
  public List<IdMap> of(IdMap.Kind kind) {
    return lines.stream().filter(map -> map.kind() == kind).toList();
  }

  /** Whether an id inside stands for one of the host. */
  public boolean contains(IdMap.Kind kind, long id) {
    return toHost(kind, id).isPresent();
  }

  /** The host's id behind one inside. */
  public OptionalLong toHost(IdMap.Kind kind, long id) {
    return lines.stream()
        .filter(map -> map.kind() == kind && map.contains(id))
        .mapToLong(map -> map.toHost(id))
        .findFirst();
  }

  /** The id inside that stands for one of the host. */
  public OptionalLong fromHost(IdMap.Kind kind, long hostId) {
    return lines.stream()
        .filter(map ->
            map.kind() == kind
                && hostId >= map.hostFirst()
                && hostId < map.hostFirst() + map.count())
        .mapToLong(map -> map.first() + hostId - map.hostFirst())
        .findFirst();
  }

  /**
   * The same with one more id of the host, at the first number inside that is free behind the first
   * range; unchanged where it is mapped already.
   */
  public IdMaps with(IdMap.Kind kind, long hostId) {
    if (fromHost(kind, hostId).isPresent()) {
      return this;
    }
    List<IdMap> more = new ArrayList<>(lines);
    more.add(new IdMap(kind, free(kind), hostId, 1));
    return new IdMaps(more);
  }

  private long free(IdMap.Kind kind) {
    long id = 0;
    boolean moved = true;
    while (moved) {
      moved = false;
      for (IdMap map : of(kind)) {
        if (map.contains(id)) {
          id = map.first() + map.count();
          moved = true;
        }
      }
    }
    return id;
  }
}
