package dev.coffer.runtime.command;

import dev.coffer.model.ContainerState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The payload of a request to be told of states: eight times {@code int32}, 0 where not wanted. A
 * state marked 2 counts only when it is reached anew: so LXC waits for a container that restarts.
 *
 * @param states all that are wanted
 * @param now those of them that count also when they are there already
 */
record WantedStates(Set<ContainerState> states, Set<ContainerState> now) {
  private static final ContainerState[] ALL = ContainerState.values();
  private static final int LENGTH = ALL.length * Integer.BYTES;

  static Optional<WantedStates> decode(byte[] payload) {
    if (payload.length != LENGTH) {
      return Optional.empty();
    }
    Set<ContainerState> wanted = EnumSet.noneOf(ContainerState.class);
    Set<ContainerState> now = EnumSet.noneOf(ContainerState.class);
    ByteBuffer numbers = ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder());
    for (ContainerState state : ALL) {
      int number = numbers.getInt();
      if (number != 0) {
        wanted.add(state);
      }
      if (number == 1) {
        now.add(state);
      }
    }
    return Optional.of(new WantedStates(wanted, now));
  }

  static byte[] encode(Set<ContainerState> wanted) {
    ByteBuffer numbers = ByteBuffer.allocate(LENGTH).order(ByteOrder.nativeOrder());
    for (ContainerState state : ALL) {
      numbers.putInt(wanted.contains(state) ? 1 : 0);
    }
    return numbers.array();
  }
}
