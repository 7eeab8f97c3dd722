package dev.coffer.model.plan;

import dev.coffer.model.Origin;
import java.util.Optional;

/** What is done for a bridge before an interface becomes a port of it. */
public sealed interface BridgeStep extends NetworkStep {
  /** The bridge. */
  String bridge();

  /**
   * Makes a network that is described on this host, unless it is up: bridge, addresses, firewall
   * rules, and the service that gives addresses and names. It stays when the container ends, and
   * forgets the container.
   *
   * @param hardwareAddress by which it knows the interface
   */
  record EnsureNetwork(String name, String bridge, String hardwareAddress, Origin origin)
      implements BridgeStep {
    @Override
    public Optional<Undo> undo() {
      return Optional.of(new BridgeUndo.ForgetNeighbour(bridge, hardwareAddress));
    }

    @Override
    public String describe() {
      return "ensure network " + bridge;
    }
  }

  /**
   * Makes the bridge of a zone unless it is there. It goes with the last interface that is a port
   * of it.
   */
  record JoinZone(String name, String bridge, Origin origin) implements BridgeStep {
    @Override
    public Optional<Undo> undo() {
      return Optional.of(new BridgeUndo.LeaveZone(bridge));
    }

    @Override
    public String describe() {
      return "join the zone of bridge " + bridge;
    }
  }
}
