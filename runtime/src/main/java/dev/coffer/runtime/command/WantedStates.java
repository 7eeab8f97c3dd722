package dev.coffer.runtime.command;

import dev.coffer.model.ContainerState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The payload of a request to be told of states: eight times {@code int32}, 1 where wanted. */
final class WantedStates {
  private static final ContainerState[] ALL = ContainerState.values();
  private static final int LENGTH = ALL.length * Integer.BYTES;

  private WantedStates() {}

  static Optional<Set<ContainerState>> decode(byte[] payload) {
    if (payload.length != LENGTH) {
      return Optional.empty();
    }
    Set<ContainerState> wanted = EnumSet.noneOf(ContainerState.class);
    ByteBuffer numbers = ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder());
    for (ContainerState state : ALL) {
      if (numbers.getInt() == 1) {
        wanted.add(state);
      }
    }
    return Optional.of(wanted);
  }

  static byte[] encode(Set<ContainerState> wanted) {
    ByteBuffer numbers = ByteBuffer.allocate(LENGTH).order(ByteOrder.nativeOrder());
    for (ContainerState state : ALL) {
      numbers.putInt(wanted.contains(state) ? 1 : 0);
    }
    return numbers.array();
  }
}
