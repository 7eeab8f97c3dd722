package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Control messages, cmsg(3): descriptors and credentials beside the bytes. */
record Ancillary(List<Fd> fds, Optional<Credentials> sender) {
  /** SCM_MAX_FD: the kernel passes no more in one message. */
  static final int MOST_FDS = 253;

  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int SCM_CREDENTIALS = 2;
  private static final long HEADER = Layouts.CMSGHDR.byteSize();
  private static final long LEVEL = Layouts.offset(Layouts.CMSGHDR, "cmsg_level");
  private static final long TYPE = Layouts.offset(Layouts.CMSGHDR, "cmsg_type");

  /**
   * Room for all that can come with one message, so that nothing is ever cut off for lack of it.
   */
  static final long ROOM = space(4L * MOST_FDS) + space(Layouts.UCRED.byteSize());

  /** One SCM_RIGHTS message; empty where there are no descriptors. */
  static MemorySegment rights(Call call, int... fds) {
    if (fds.length == 0) {
      return MemorySegment.NULL;
    }
    MemorySegment control = call.allocate(space(4L * fds.length));
    control.set(JAVA_LONG, 0, HEADER + 4L * fds.length);
    control.set(JAVA_INT, LEVEL, SOL_SOCKET);
    control.set(JAVA_INT, TYPE, SCM_RIGHTS);
    MemorySegment.copy(fds, 0, control, JAVA_INT, HEADER, fds.length);
    return control;
  }

  /** Takes ownership of the descriptors in what recvmsg(2) wrote. */
  static Ancillary decode(MemorySegment control) {
    List<Fd> fds = new ArrayList<>();
    Optional<Credentials> sender = Optional.empty();
    for (long at = 0; at + HEADER <= control.byteSize(); ) {
      long length = control.get(JAVA_LONG, at);
      MemorySegment data = control.asSlice(at + HEADER, length - HEADER);
      if (control.get(JAVA_INT, at + LEVEL) == SOL_SOCKET) {
        switch (control.get(JAVA_INT, at + TYPE)) {
          case SCM_RIGHTS -> addAll(fds, data);
          case SCM_CREDENTIALS -> sender = Optional.of(credentials(data));
          default -> {} // timestamps and security labels nobody here asked for
        }
      }
      at += space(length - HEADER);
    }
    return new Ancillary(fds, sender);
  }

  static Credentials credentials(MemorySegment ucred) {
    return new Credentials(
        ucred.getAtIndex(JAVA_INT, 0),
        ucred.getAtIndex(JAVA_INT, 1),
        ucred.getAtIndex(JAVA_INT, 2));
  }

  private static void addAll(List<Fd> fds, MemorySegment numbers) {
    for (long i = 0; i < numbers.byteSize() / 4; i++) {
      fds.add(Fd.of(numbers.getAtIndex(JAVA_INT, i)));
    }
  }

  private static long space(long dataLength) {
    return HEADER + (dataLength + 7) / 8 * 8;
  }
}
