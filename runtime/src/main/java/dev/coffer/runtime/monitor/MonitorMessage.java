package dev.coffer.runtime.monitor;

import dev.coffer.linux.WaitStatus;
import dev.coffer.model.ContainerState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What LXC's state clients and listeners are sent: {@code int32 type, char name[256], int32 value}
 * in the machine's byte order.
 *
 * @param name the container's
 */
public sealed interface MonitorMessage {
  int LENGTH = 264;

  String name();

  /** The container has reached a state. */
  record Reached(String name, ContainerState state) implements MonitorMessage {
    @Override
    public byte[] encode() {
      return Layout.encode(Layout.STATE, name, state.ordinal());
    }
  }

  /** The container's first process has ended. */
  record Ended(String name, WaitStatus status) implements MonitorMessage {
    @Override
    public byte[] encode() {
      return Layout.encode(Layout.EXIT, name, status.raw());
    }
  }

  byte[] encode();

  /**
   * Reads one.
   *
   * @param bytes {@link #LENGTH} of them
   * @return empty for a message of another type, or that makes no sense
   */
  static Optional<MonitorMessage> decode(byte[] bytes) {
    ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    int value = message.getInt(Layout.VALUE_AT);
    String name = Layout.name(bytes);
    return switch (message.getInt(0)) {
      case Layout.STATE ->
          value >= 0 && value < ContainerState.values().length
              ? Optional.of(new Reached(name, ContainerState.values()[value]))
              : Optional.empty();
      case Layout.EXIT -> Optional.of(new Ended(name, new WaitStatus(value)));
      default -> Optional.empty();
    };
  }

  /** Where things are in a message. */
  final class Layout {
    private static final int STATE = 0;
    private static final int EXIT = 2;
    private static final int NAME_AT = 4;
    private static final int VALUE_AT = 260;

    private Layout() {}

    private static byte[] encode(int type, String name, int value) {
      ByteBuffer message = ByteBuffer.allocate(LENGTH).order(ByteOrder.nativeOrder());
      byte[] text = name.getBytes(StandardCharsets.UTF_8);
      message.putInt(type);
      message.put(text, 0, Math.min(text.length, VALUE_AT - NAME_AT - 1));
      message.putInt(VALUE_AT, value);
      return message.array();
    }

    private static String name(byte[] bytes) {
      String text = new String(bytes, NAME_AT, VALUE_AT - NAME_AT, StandardCharsets.UTF_8);
      int nul = text.indexOf('\0');
      return nul < 0 ? text : text.substring(0, nul);
    }
  }
}
