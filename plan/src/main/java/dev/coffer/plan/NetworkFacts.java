package dev.coffer.plan;

import java.util.Set;

/**
 * What a plan needs to know of the host's network. Interfaces come and go, and are looked up when a
 * step needs them.
 *
 * @param machineId of machine-id(5), so that two hosts give their containers different hardware
 *     addresses; empty where there is none
 * @param bridges those of networks that are described on this host, and made when they are needed
 * @param links what must be known of the host's interfaces before
 */
public record NetworkFacts(String machineId, Set<String> bridges, LinkFacts links) {
  /** Of a host that tells nothing. */
  public static final NetworkFacts NONE = new NetworkFacts("", Set.of(), LinkFacts.NONE);

  public NetworkFacts {
    bridges = Set.copyOf(bridges);
  }

  NetworkFacts with(LinkFacts seen) {
    return new NetworkFacts(machineId, bridges, seen);
  }
}
