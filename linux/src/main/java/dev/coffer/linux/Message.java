package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** A msghdr over one piece of data and one control buffer, for sendmsg(2) and recvmsg(2). */
final class Message {
  static final int MSG_CTRUNC = 8;

  private static final int MSG_PEEK = 2;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final long IOV = Layouts.offset(Layouts.MSGHDR, "msg_iov");
  private static final long IOV_LENGTH = Layouts.offset(Layouts.MSGHDR, "msg_iovlen");
  private static final long CONTROL = Layouts.offset(Layouts.MSGHDR, "msg_control");
  private static final long CONTROL_LENGTH = Layouts.offset(Layouts.MSGHDR, "msg_controllen");
  private static final long FLAGS = Layouts.offset(Layouts.MSGHDR, "msg_flags");

  private final Call call;
  private final MemorySegment header;
  private final MemorySegment piece;
  private final MemorySegment control;

  Message(Call call, MemorySegment control) {
    this.call = call;
    this.control = control;
    header = call.allocate(Layouts.MSGHDR);
    piece = call.allocate(Layouts.IOVEC);
    header.set(JAVA_LONG, IOV, piece.address());
    header.set(JAVA_LONG, IOV_LENGTH, 1);
    header.set(JAVA_LONG, CONTROL, control.address());
    header.set(JAVA_LONG, CONTROL_LENGTH, control.byteSize());
  }

  /**
   * Sends a part of the data, at least one byte; the control messages go with the first part only.
   */
  long send(int socket, MemorySegment data) {
    aim(data);
    long result =
        call.runWhenReady(socket, Poll.OUT, Sys.SENDMSG, socket, header.address(), MSG_NOSIGNAL);
    header.set(JAVA_LONG, CONTROL, 0);
    header.set(JAVA_LONG, CONTROL_LENGTH, 0);
    return Call.checked("sendmsg", null, result);
  }

  /** Fills a part of the memory; 0 at the end. */
  long receive(int socket, MemorySegment into) {
    aim(into);
    long result =
        call.runWhenReady(socket, Poll.IN, Sys.RECVMSG, socket, header.address(), MSG_CMSG_CLOEXEC);
    return Call.checked("recvmsg", null, result);
  }

  /** As {@link #receive}, but leaves it there; negative where nothing waits. */
  long peek(int socket, MemorySegment into) {
    aim(into);
    int flags = MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
    return call.run(Sys.RECVMSG, socket, header.address(), flags);
  }

  /** The control messages received. */
  MemorySegment control() {
    return control.asSlice(0, header.get(JAVA_LONG, CONTROL_LENGTH));
  }

  /** Whether the kernel could not pass all descriptors on. */
  boolean controlTruncated() {
    return (header.get(JAVA_INT, FLAGS) & MSG_CTRUNC) != 0;
  }

  private void aim(MemorySegment data) {
    piece.set(JAVA_LONG, 0, data.address());
    piece.set(JAVA_LONG, 8, data.byteSize());
  }
}
