package dev.coffer.image;

import dev.coffer.model.IdMap;
import java.util.List;

/**
 * Root of a container with an id map.
 *
 * @param onHost who that is on the host
 * @param caller who makes the container, as its user namespace numbers them for the time of that
 * @param giving how files become its own
 * @param maps all ids of the container
 */
public record MappedRoot(Owner onHost, Owner caller, Giving giving, List<IdMap> maps) {
  public MappedRoot {
    maps = List.copyOf(maps);
  }

  /** How files are given to other ids. */
  public enum Giving {
    /** As the host's root may. */
    DIRECTLY,
    /** By a command inside the user namespace, as everyone else must. */
    INSIDE
  }

  /** Whom a file belongs to when it is made. */
  Owner maker() {
    return giving == Giving.DIRECTLY ? onHost : Owner.CALLER;
  }
}
