package dev.coffer.model.plan;

import java.util.Optional;

/** How what {@link BridgeStep} leaves on the host is taken back. */
public sealed interface BridgeUndo extends Undo {
  /** Removes the bridge of a zone, unless another container is attached to it. */
  record LeaveZone(String bridge) implements BridgeUndo {}

  /** Has the network of a bridge give an interface's lease back and forget its addresses. */
  record ForgetNeighbour(String bridge, String hardwareAddress) implements BridgeUndo {}

  @Override
  default String encode() {
    return switch (this) {
      case LeaveZone zone -> "leave-zone " + zone.bridge();
      case ForgetNeighbour one -> "forget-neighbour " + one.bridge() + " " + one.hardwareAddress();
    };
  }

  /** Empty for what is cut short or not one of these. */
  static Optional<Undo> decode(String kind, String what) {
    String[] words = what.split(" ");
    return switch (kind) {
      case "leave-zone" -> Optional.of(new LeaveZone(what));
      case "forget-neighbour" ->
          words.length == 2
              ? Optional.of(new ForgetNeighbour(words[0], words[1]))
              : Optional.empty();
      default -> Optional.empty();
    };
  }
}
