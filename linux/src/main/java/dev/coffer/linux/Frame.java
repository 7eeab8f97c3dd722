package dev.coffer.linux;

import dev.coffer.model.CofferException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One message of the launcher's protocol, native/PROTOCOL.md: {@code u32 kind, u32 length,
 * payload}, little-endian, its descriptors riding on the header. What the payload means is decided
 * elsewhere.
 *
 * @param fds of a frame read: owned by whoever holds it, {@link #close} closes them; of a frame to
 *     write: lent
 */
public record Frame(int kind, byte[] payload, List<Fd> fds) implements AutoCloseable {
  public static final int LONGEST = 16 << 20;
  public static final int MOST_FDS = 64;

  private static final int HEADER = 8;

  public Frame {
    if (payload.length > LONGEST || fds.size() > MOST_FDS) {
      throw new IllegalArgumentException(
          "a frame of "
              + payload.length
              + " bytes and "
              + fds.size()
              + " descriptors is too large");
    }
    fds = List.copyOf(fds);
  }

  public static Frame of(int kind, byte[] payload) {
    return new Frame(kind, payload, List.of());
  }

  /**
   * Waits for a whole frame.
   *
   * @return null if the peer closed between two frames
   * @throws CofferException if it is too long, carries too many descriptors or ends in the middle
   */
  public static Frame read(UnixSocket socket) {
    List<Fd> fds = new ArrayList<>();
    try {
      byte[] header = new byte[HEADER];
      if (!begun(socket, header, fds)) {
        return null;
      }
      ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
      int kind = fields.getInt();
      byte[] payload = new byte[length(fields.getInt())];
      int carried = fds.size();
      fill(socket, payload, 0, fds);
      if (fds.size() > carried || carried > MOST_FDS) {
        throw new CofferException(
            "received a frame of kind " + kind + " with misplaced descriptors");
      }
      return new Frame(kind, payload, fds);
    } catch (RuntimeException | Error e) {
      Fds.close(fds);
      throw e;
    }
  }

  /** Sends the frame; the descriptors stay open here. */
  public void write(UnixSocket socket) {
    ByteBuffer whole = ByteBuffer.allocate(HEADER + payload.length).order(ByteOrder.LITTLE_ENDIAN);
    whole.putInt(kind).putInt(payload.length).put(payload);
    socket.send(whole.array(), fds.stream().mapToInt(Fd::number).toArray());
  }

  @Override
  public void close() {
    Fds.close(fds);
  }

  private static int length(int length) {
    if (length < 0 || length > LONGEST) {
      throw new CofferException(
          "received a frame of " + Integer.toUnsignedString(length) + " bytes");
    }
    return length;
  }

  private static boolean begun(UnixSocket socket, byte[] header, List<Fd> fds) {
    int count;
    try {
      count = socket.receive(header, fds);
    } catch (KernelException e) {
      // A peer that went away without reading all we sent shows as a reset; for the reader it is an
      // end.
      if (e.is(Errno.ECONNRESET)) {
        return false;
      }
      throw e;
    }
    if (count >= 0) {
      fill(socket, header, count, fds);
    }
    return count >= 0;
  }

  private static void fill(UnixSocket socket, byte[] bytes, int from, List<Fd> fds) {
    for (int at = from; at < bytes.length; ) {
      int count = socket.receive(bytes, at, bytes.length - at, fds);
      if (count < 0) {
        throw new CofferException("the connection ended in the middle of a frame");
      }
      at += count;
    }
  }
}
