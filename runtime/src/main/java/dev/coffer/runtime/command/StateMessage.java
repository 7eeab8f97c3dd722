package dev.coffer.runtime.command;

import dev.coffer.model.ContainerState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a state client is sent once a state that it waits for is reached: {@code int32 type, char
 * name[256], int32 value}.
 */
record StateMessage(String name, ContainerState state) {
  static final int LENGTH = 264;

  private static final int STATE = 0;
  private static final int NAME_AT = 4;
  private static final int VALUE_AT = 260;

  byte[] encode() {
    ByteBuffer message = ByteBuffer.allocate(LENGTH).order(ByteOrder.nativeOrder());
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    message.putInt(STATE);
    message.put(text, 0, Math.min(text.length, VALUE_AT - NAME_AT - 1));
    message.putInt(VALUE_AT, state.ordinal());
    return message.array();
  }

  /** Empty if it is a message of another type or makes no sense. */
  static Optional<StateMessage> decode(byte[] bytes) {
    ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    int value = message.getInt(VALUE_AT);
    if (message.getInt(0) != STATE || value < 0 || value >= ContainerState.values().length) {
      return Optional.empty();
    }
    String text = new String(bytes, NAME_AT, VALUE_AT - NAME_AT, StandardCharsets.UTF_8);
    return Optional.of(
        new StateMessage(text.substring(0, end(text)), ContainerState.values()[value]));
  }

  private static int end(String text) {
    int nul = text.indexOf('\0');
    return nul < 0 ? text.length() : nul;
  }
}
