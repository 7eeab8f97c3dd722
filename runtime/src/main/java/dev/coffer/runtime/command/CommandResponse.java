package dev.coffer.runtime.command;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.Fds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One answer: {@code int32 result, int32 length, 8 bytes value}, descriptors riding on that, then
 * {@code length} bytes.
 *
 * @param result 0, or a negative errno
 * @param value a small number that needs no payload
 * @param fds passed on; the answer owns them and {@link #close} closes them
 */
record CommandResponse(int result, long value, byte[] payload, List<Fd> fds)
    implements AutoCloseable {
  static final int HEADER = 16;

  private static final int LONGEST = 1 << 20;

  /** What LXC's monitor answers where it has no errno to tell. */
  static final CommandResponse NONE = failed(-1);

  CommandResponse {
    fds = List.copyOf(fds);
  }

  static CommandResponse of(long value) {
    return new CommandResponse(0, value, new byte[0], List.of());
  }

  static CommandResponse of(Errno errno) {
    return failed(-errno.number());
  }

  static CommandResponse of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return of(Arrays.copyOf(bytes, bytes.length + 1), List.of());
  }

  static CommandResponse of(byte[] payload, List<Fd> fds) {
    return new CommandResponse(0, 0, payload, fds);
  }

  static CommandResponse of(Fd fd) {
    return of(new byte[0], List.of(fd));
  }

  /** The same number in both places, as LXC answers a request for a state. */
  static CommandResponse ofState(int state) {
    return new CommandResponse(state, state, new byte[0], List.of());
  }

  /** How long the payload is that follows a header; nonsense counts as none. */
  static int length(byte[] header) {
    int length = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder()).getInt(Integer.BYTES);
    return length < 0 || length > LONGEST ? 0 : length;
  }

  static CommandResponse decode(byte[] header, byte[] payload, List<Fd> fds) {
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
    return new CommandResponse(fields.getInt(0), fields.getLong(8), payload, fds);
  }

  byte[] encode() {
    return ByteBuffer.allocate(HEADER + payload.length)
        .order(ByteOrder.nativeOrder())
        .putInt(result)
        .putInt(payload.length)
        .putLong(value)
        .put(payload)
        .array();
  }

  @Override
  public void close() {
    Fds.close(fds);
  }

  private static CommandResponse failed(int result) {
    return new CommandResponse(result, 0, new byte[0], List.of());
  }
}
