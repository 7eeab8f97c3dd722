package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The listening end of a filter: calls with the action notify wait until they are answered here,
 * seccomp_unotify(2).
 */
public final class SeccompListener implements AutoCloseable {
  private static final int SECCOMP_GET_NOTIF_SIZES = 3;
  private static final long NOTIF_RECV = 0xC0502100L;
  private static final long NOTIF_SEND = 0xC0182101L;
  private static final long NOTIF_ID_VALID = 0x40082102L;
  private static final int FLAG_CONTINUE = 1;

  private final Fd fd;
  private final Sizes sizes = Sizes.read();

  private SeccompListener(Fd fd) {
    this.fd = fd;
  }

  /** Takes ownership of what seccomp(2) gave. */
  public static SeccompListener of(Fd fd) {
    return new SeccompListener(fd);
  }

  /** The kernel's sizes of the three structures, in bytes. */
  public record Sizes(int notification, int response, int data) {
    static Sizes read() {
      try (Call call = new Call()) {
        MemorySegment three = call.allocate(8);
        call.check(Sys.SECCOMP, SECCOMP_GET_NOTIF_SIZES, 0, three.address());
        ByteBuffer sizes = three.asByteBuffer().order(ByteOrder.nativeOrder());
        return new Sizes(sizes.getShort(0), sizes.getShort(2), sizes.getShort(4));
      }
    }
  }

  /** Whether a descriptor that came from elsewhere is a listener. */
  public static boolean isOne(Fd fd) {
    return HostFiles.readLink(Path.of("/proc/self/fd/" + fd.number()))
        .filter(target -> target.toString().equals("anon_inode:seccomp notify"))
        .isPresent();
  }

  /**
   * A call that waits.
   *
   * @param id by which it is answered
   * @param pid of the thread that made it, as this process numbers it
   * @param notification struct seccomp_notif
   */
  public record Question(long id, int pid, byte[] notification) {
    private static final int NUMBER = 16;
    private static final int ABI = 20;
    private static final int ARGUMENTS = 32;

    /** The call's number in its ABI. */
    public int number() {
      return fields().getInt(NUMBER);
    }

    /** Whether it is made by the machine's own ABI; others count and pack differently. */
    public boolean isNative() {
      // calls of x32 have the ABI of x86_64 and a bit in their number
      return fields().getInt(ABI) == Architecture.CURRENT.audit();
    }

    /** A word as the process passed it; whoever expects an int takes its lower half. */
    public long argument(int index) {
      return fields().getLong(ARGUMENTS + 8 * index);
    }

    private ByteBuffer fields() {
      return ByteBuffer.wrap(notification).order(ByteOrder.nativeOrder());
    }
  }

  public Sizes sizes() {
    return sizes;
  }

  public Fd fd() {
    return fd;
  }

  /** Waits for the next call, on a thread of the platform; empty once nobody is left to ask. */
  public Optional<Question> receive() {
    while (true) {
      int events = Poll.await(fd.number(), Poll.IN, Poll.FOREVER);
      if ((events & Poll.IN) == 0) {
        return Optional.empty();
      }
      Optional<Question> question = receiveNow();
      if (question.isPresent()) {
        return question;
      }
    }
  }

  private Optional<Question> receiveNow() {
    try (Call call = new Call()) {
      MemorySegment memory = call.allocate(sizes.notification());
      long result = call.run(Sys.IOCTL, fd.number(), NOTIF_RECV, memory.address());
      if (result == -Errno.ENOENT.number()) {
        return Optional.empty(); // a signal has ended the call meanwhile
      }
      Call.checked("ioctl", "SECCOMP_IOCTL_NOTIF_RECV", result);
      return Optional.of(
          new Question(
              memory.get(JAVA_LONG, 0), memory.get(JAVA_INT, 8), memory.toArray(JAVA_BYTE)));
    }
  }

  /** Whether the call still waits: only then is its pid still its own. */
  public boolean waits(Question question) {
    try (Call call = new Call()) {
      MemorySegment id = call.allocate(8);
      id.set(JAVA_LONG, 0, question.id());
      return call.run(Sys.IOCTL, fd.number(), NOTIF_ID_VALID, id.address()) == 0;
    }
  }

  /** Answers with struct seccomp_notif_resp; a call that is gone by now is passed over. */
  public void answer(byte[] response) {
    try (Call call = new Call()) {
      MemorySegment memory = call.bytes(response);
      long result = call.run(Sys.IOCTL, fd.number(), NOTIF_SEND, memory.address());
      if (result != -Errno.ENOENT.number()) {
        Call.checked("ioctl", "SECCOMP_IOCTL_NOTIF_SEND", result);
      }
    }
  }

  /** An answer that fails the call. */
  public byte[] failure(Question question, Errno errno) {
    ByteBuffer response = ByteBuffer.allocate(sizes.response()).order(ByteOrder.nativeOrder());
    response.putLong(0, question.id()).putInt(16, -errno.number());
    return response.array();
  }

  /** An answer by which the call has been made. */
  public byte[] success(Question question) {
    ByteBuffer response = ByteBuffer.allocate(sizes.response()).order(ByteOrder.nativeOrder());
    return response.putLong(0, question.id()).array();
  }

  /**
   * An answer that has the kernel make the call after all, as the process itself: it may have other
   * arguments by then than those that were looked at, so only the kernel's own checks count.
   */
  public byte[] leaveToKernel(Question question) {
    ByteBuffer response = ByteBuffer.allocate(sizes.response()).order(ByteOrder.nativeOrder());
    return response.putLong(0, question.id()).putInt(20, FLAG_CONTINUE).array();
  }

  @Override
  public void close() {
    fd.close();
  }
}
