package dev.coffer.runtime.command;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * One request: {@code int32 command, int32 length, 8 bytes value}, then {@code length} bytes.
 *
 * @param command its number, which may be unknown
 * @param value a small number that needs no payload
 */
record CommandRequest(int command, long value, byte[] payload) {
  static final int HEADER = 16;

  /** LXC's own limit. */
  static final int LONGEST = 8192;

  static CommandRequest of(Command command, long value) {
    return new CommandRequest(command.ordinal(), value, new byte[0]);
  }

  static CommandRequest of(Command command, byte[] payload) {
    return new CommandRequest(command.ordinal(), 0, payload);
  }

  static CommandRequest of(Command command, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return of(command, Arrays.copyOf(bytes, bytes.length + 1));
  }

  /**
   * How many bytes the request has in all.
   *
   * @param header at least {@link #HEADER} bytes
   * @return empty if the length is not to be believed
   */
  static Optional<Integer> length(byte[] header) {
    int length = fields(header).getInt(Integer.BYTES);
    return length >= 0 && length <= LONGEST ? Optional.of(HEADER + length) : Optional.empty();
  }

  /** Reads a whole request. */
  static CommandRequest decode(byte[] bytes, int length) {
    ByteBuffer fields = fields(bytes);
    return new CommandRequest(
        fields.getInt(0), fields.getLong(8), Arrays.copyOfRange(bytes, HEADER, length));
  }

  byte[] encode() {
    return ByteBuffer.allocate(HEADER + payload.length)
        .order(ByteOrder.nativeOrder())
        .putInt(command)
        .putInt(payload.length)
        .putLong(value)
        .put(payload)
        .array();
  }

  /** The payload as a text that ends with a NUL; empty where it does not. */
  Optional<String> text() {
    int end = 0;
    while (end < payload.length && payload[end] != 0) {
      end++;
    }
    return end < payload.length
        ? Optional.of(new String(payload, 0, end, StandardCharsets.UTF_8))
        : Optional.empty();
  }

  /** The value as LXC's {@code PTR_TO_INT} takes it. */
  int number() {
    return (int) value;
  }

  private static ByteBuffer fields(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }
}
