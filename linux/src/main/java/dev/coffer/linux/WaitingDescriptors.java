package dev.coffer.linux;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Descriptors that wait in a socket of streams, each message a byte long, and stay there: who wants
 * one gets a copy, SO_PEEK_OFF of socket(7).
 */
public final class WaitingDescriptors {
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEEK_OFF = 42;

  private WaitingDescriptors() {}

  /**
   * A copy of one of them.
   *
   * @param message from 0
   * @param index from 0, among those of that message
   * @return empty where there is none
   */
  public static synchronized Optional<Fd> copy(Fd queue, int message, int index) {
    try (Call call = new Call()) {
      // the place is the socket's, whoever has a descriptor of it
      MemorySegment place = call.ints(message);
      call.check(
          Sys.SETSOCKOPT,
          queue.number(),
          SOL_SOCKET,
          SO_PEEK_OFF,
          place.address(),
          place.byteSize());
      Message header = new Message(call, call.allocate(Ancillary.ROOM));
      if (header.peek(queue.number(), call.allocate(1)) != 1) {
        return Optional.empty();
      }
      List<Fd> found = Ancillary.decode(header.control()).fds();
      Optional<Fd> wanted =
          index < found.size() ? Optional.of(found.get(index).duplicate()) : Optional.empty();
      Fds.close(found);
      return wanted;
    }
  }
}
