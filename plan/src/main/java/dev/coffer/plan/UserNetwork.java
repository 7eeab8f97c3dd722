package dev.coffer.plan;

import java.util.Optional;

/**
 * By which ways an ordinary user's container can get to the network.
 *
 * @param broker the socket that a broker of root's would listen on
 * @param brokerAnswers whether one does
 * @param userNic lxc-user-nic(1) with its set-user-ID bit; empty where it is missing
 * @param pasta pasta(1); empty where it is missing
 * @param slirp slirp4netns(1); empty where it is missing
 * @param tun whether the user may open /dev/net/tun, which both need
 * @param folder where process ids are noted
 */
public record UserNetwork(
    String broker,
    boolean brokerAnswers,
    Optional<String> userNic,
    Optional<String> pasta,
    Optional<String> slirp,
    boolean tun,
    String folder) {
  /** Where the broker is looked for. */
  public static final String BROKER = "/run/coffer-broker.sock";

  /** Of a host that offers nothing. */
  public static final UserNetwork NONE =
      new UserNetwork(
          BROKER, false, Optional.empty(), Optional.empty(), Optional.empty(), false, "/run");
}
