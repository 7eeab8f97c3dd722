package dev.coffer.image.archive;

import dev.coffer.model.IdMap;
import dev.coffer.model.IdMaps;
import java.util.List;

/** Which ids files get on disk for those that the archive says. */
public interface IdShift {
  /** As the archive says. */
  IdShift NONE = (_, id) -> id;

  /** Not mapped. */
  long UNMAPPED = -1;

  /**
   * @param id in the container, 0 to 2^32-2
   * @return on the host, or {@link #UNMAPPED}
   */
  long apply(IdMap.Kind kind, long id);

  /** The ids in the container for those on disk, by the lines of an id map. */
  static IdShift back(List<IdMap> maps) {
    IdMaps lines = new IdMaps(maps);
    return (kind, id) -> lines.fromHost(kind, id).orElse(UNMAPPED);
  }

  /** By the lines of an id map. */
  static IdShift by(List<IdMap> maps) {
    List<IdMap> lines = List.copyOf(maps);
    return (kind, id) -> {
      for (IdMap line : lines) {
        if (line.kind() == kind && line.contains(id)) {
          return line.toHost(id);
        }
      }
      return UNMAPPED;
    };
  }
}
