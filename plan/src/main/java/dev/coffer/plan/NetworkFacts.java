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
 * @param user the ways that an ordinary user has
 */
public record NetworkFacts(
    String machineId, Set<String> bridges, LinkFacts links, UserNetwork user) {
  /** Of a host that tells nothing. */
  public static final NetworkFacts NONE = of("", Set.of());

  public NetworkFacts {
    bridges = Set.copyOf(bridges);
  }

  /** For root, who needs no other ways, as long as nobody has looked at interfaces. */
  public static NetworkFacts of(String machineId, Set<String> bridges) {
    return new NetworkFacts(machineId, bridges, LinkFacts.NONE, UserNetwork.NONE);
  }

  /** The same for an ordinary user. */
  public NetworkFacts by(UserNetwork ways) {
    return new NetworkFacts(machineId, bridges, links, ways);
  }

  /** The same where interfaces have been looked at. */
  public NetworkFacts with(LinkFacts seen) {
    return new NetworkFacts(machineId, bridges, seen, user);
  }
}
