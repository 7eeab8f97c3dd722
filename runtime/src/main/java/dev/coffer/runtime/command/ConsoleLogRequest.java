package dev.coffer.runtime.command;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What a client wants of the console's log, {@code struct lxc_console_log}.
 *
 * @param clear whether it is emptied
 * @param read whether its content is wanted; what was read is not given again
 * @param most bytes at most, 0 for all there are
 */
public record ConsoleLogRequest(boolean clear, boolean read, long most) {
  /** {bool clear, bool read, u64 read_max, bool write_logfile}, with the padding between. */
  static final int LENGTH = 24;

  static Optional<ConsoleLogRequest> decode(byte[] payload) {
    if (payload.length != LENGTH) {
      return Optional.empty();
    }
    long most = ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder()).getLong(Long.BYTES);
    return Optional.of(new ConsoleLogRequest(payload[0] != 0, payload[1] != 0, Math.max(0, most)));
  }

  byte[] encode() {
    return ByteBuffer.allocate(LENGTH)
        .order(ByteOrder.nativeOrder())
        .put((byte) (clear ? 1 : 0))
        .put((byte) (read ? 1 : 0))
        .putLong(Long.BYTES, most)
        .array();
  }
}
