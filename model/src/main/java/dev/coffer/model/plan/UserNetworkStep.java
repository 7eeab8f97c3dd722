package dev.coffer.model.plan;

import dev.coffer.model.Origin;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the engine of an ordinary user does for an interface of a container: it may make none of the
 * host's, but inside a namespace of the user's own it may do everything.
 */
public sealed interface UserNetworkStep extends NetworkStep {
  /**
   * Has the broker make a pair of veth(4), one end inside, the other a port of a bridge, as
   * lxc-usernet(5) allows it.
   *
   * @param bridge of the host, or {@code none}
   * @param broker the socket that it listens on
   */
  record JoinBridge(String name, String bridge, String broker, Origin origin)
      implements UserNetworkStep {
    @Override
    public String describe() {
      return "have " + name + " joined to " + bridge + " by the broker at " + broker;
    }
  }

  /**
   * Gives an interface that somebody else has made what it is to have.
   *
   * @param hardwareAddress as {@code 00:16:3e:01:02:03}; empty for the one that it has
   * @param mtu in bytes; empty for the one that it has
   * @param up whether it is brought up
   */
  record AdjustLink(
      String name, Optional<String> hardwareAddress, OptionalInt mtu, boolean up, Origin origin)
      implements UserNetworkStep {
    @Override
    public String describe() {
      StringBuilder text = new StringBuilder(up ? "bring up " : "set up ").append(name);
      hardwareAddress.ifPresent(address -> text.append(", address ").append(address));
      mtu.ifPresent(bytes -> text.append(", mtu ").append(bytes));
      return text.toString();
    }
  }
}
