package dev.coffer.plan;

import java.util.List;
import java.util.Set;

/**
 * What a plan needs to know of the host's interfaces; read only for containers that ask for it.
 *
 * @param names of all interfaces, where a container names some by what they begin with
 * @param switches those of the container's links that are bridges of Open vSwitch
 */
public record LinkFacts(List<String> names, Set<String> switches) {
  /** Of containers that do not need them. */
  public static final LinkFacts NONE = new LinkFacts(List.of(), Set.of());

  public LinkFacts {
    names = List.copyOf(names);
    switches = Set.copyOf(switches);
  }
}
