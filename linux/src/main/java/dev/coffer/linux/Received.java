package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * What one recvmsg(2) gave.
 *
 * @param atEnd the peer closed; there are no bytes
 * @param fds owned by whoever holds this; {@link #close} closes those still in the list
 * @param sender where {@link UnixSocket#passCredentials} asked for it
 */
public record Received(byte[] bytes, boolean atEnd, List<Fd> fds, Optional<Credentials> sender)
    implements AutoCloseable {
  static Received read(Fd socket, int max) {
    try (Call call = new Call()) {
      MemorySegment data = call.allocate(max);
      Message message = new Message(call, call.allocate(Ancillary.ROOM));
      long count = message.receive(socket.number(), data.asSlice(0, max));
      Ancillary ancillary = Ancillary.decode(message.control());
      if (message.controlTruncated()) {
        // The kernel drops what does not fit under RLIMIT_NOFILE. Half of them is no use to anyone.
        Fds.close(ancillary.fds());
        throw new KernelException("recvmsg", Errno.EMFILE.number());
      }
      byte[] bytes = data.asSlice(0, count).toArray(JAVA_BYTE);
      return new Received(bytes, count == 0 && max > 0, ancillary.fds(), ancillary.sender());
    }
  }

  /** Hands the descriptors over to a list, all or none. */
  void moveTo(List<Fd> list) {
    try {
      list.addAll(fds);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public void close() {
    Fds.close(fds);
  }
}
