package dev.coffer.plan;

/**
 * What a plan needs to know of the host's network. Interfaces come and go, and are looked up when a
 * step needs them.
 *
 * @param machineId of machine-id(5), so that two hosts give their containers different hardware
 *     addresses; empty where there is none
 * @param user the ways that an ordinary user has
 */
public record NetworkFacts(String machineId, UserNetwork user) {
  /** Of a host that tells nothing. */
  public static final NetworkFacts NONE = new NetworkFacts("");

  /** For root, who needs no other ways. */
  public NetworkFacts(String machineId) {
    this(machineId, UserNetwork.NONE);
  }

  /** The same for an ordinary user. */
  public NetworkFacts by(UserNetwork ways) {
    return new NetworkFacts(machineId, ways);
  }
}
