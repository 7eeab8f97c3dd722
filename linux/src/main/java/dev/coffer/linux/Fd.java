package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor, owned: whoever holds it closes it, once. It never closes itself, and it
 * is close-on-exec wherever this module made it.
 */
public final class Fd implements AutoCloseable {
  private static final int CLOSED = -1;
  private static final int CHUNK = 64 * 1024;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int F_DUPFD_CLOEXEC = 1030;

  private final AtomicInteger number;

  private Fd(int number) {
    this.number = new AtomicInteger(number);
  }

  /** Takes ownership of an open descriptor. */
  public static Fd of(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("not a descriptor: " + number);
    }
    return new Fd(number);
  }

  /** A pipe: what is written to the second can be read from the first, pipe(2). */
  public static Fd[] pipe() {
    try (Call call = new Call()) {
      MemorySegment both = call.ints(-1, -1);
      call.check(Sys.PIPE2, both.address(), OpenFlags.CLOSE_ON_EXEC);
      return new Fd[] {of(both.getAtIndex(JAVA_INT, 0)), of(both.getAtIndex(JAVA_INT, 1))};
    }
  }

  /**
   * @throws IllegalStateException if it was closed or released: the number may be another file's by
   *     now
   */
  public int number() {
    int current = number.get();
    if (current == CLOSED) {
      throw new IllegalStateException("the descriptor is closed");
    }
    return current;
  }

  public boolean isOpen() {
    return number.get() != CLOSED;
  }

  /** Another close-on-exec descriptor of the same open file. */
  public Fd duplicate() {
    return duplicateAbove(3);
  }

  /** As {@link #duplicate}, numbered {@code lowest} or higher. */
  Fd duplicateAbove(int lowest) {
    try (Call call = new Call()) {
      return of((int) call.check(Sys.FCNTL, number(), F_DUPFD_CLOEXEC, lowest));
    }
  }

  /** Gives ownership up without closing. */
  public int release() {
    int current = number.getAndSet(CLOSED);
    if (current == CLOSED) {
      throw new IllegalStateException("the descriptor is closed");
    }
    return current;
  }

  /** Closes the descriptor; a second time does nothing. */
  @Override
  public void close() {
    int current = number.getAndSet(CLOSED);
    if (current == CLOSED) {
      return;
    }
    try (Call call = new Call()) {
      // Linux releases the number whatever close(2) returns, so there is nothing left to do about
      // an error.
      call.once(Sys.CLOSE, current);
    }
  }

  public int read(byte[] bytes) {
    return read(bytes, 0, bytes.length);
  }

  /**
   * What one read(2) gives. It waits for data, also where the descriptor is non-blocking.
   *
   * @return the number of bytes, -1 at the end of the file
   */
  public int read(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    return PlatformThread.needed()
        ? PlatformThread.call("read", () -> readNow(bytes, offset, length))
        : readNow(bytes, offset, length);
  }

  /** All bytes to the end of the file. */
  public byte[] readAll() {
    return PlatformThread.needed() ? PlatformThread.call("read", this::readAllNow) : readAllNow();
  }

  /** As {@link #readAll}, of a file that never makes one wait. */
  byte[] readAllNow() {
    byte[] bytes = new byte[4096];
    int length = 0;
    for (int count; (count = readNow(bytes, length, bytes.length - length)) >= 0; ) {
      length += count;
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * length);
      }
    }
    return Arrays.copyOf(bytes, length);
  }

  /**
   * At most {@code size} bytes from the file's start, pread(2): how a kernel file is read again.
   */
  byte[] readFromStart(int size) {
    try (Call call = new Call()) {
      MemorySegment buffer = call.allocate(size);
      long count = call.check(Sys.PREAD64, number(), buffer.address(), size, 0);
      return buffer.asSlice(0, count).toArray(JAVA_BYTE);
    }
  }

  public void writeFully(String text) {
    writeFully(text.getBytes(StandardCharsets.UTF_8));
  }

  public void writeFully(byte[] bytes) {
    writeFully(bytes, 0, bytes.length);
  }

  /**
   * Writes all of it, however often write(2) takes a part, and waits where a non-blocking file is
   * full.
   */
  public void writeFully(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (PlatformThread.needed()) {
      PlatformThread.call("write", () -> writeNow(bytes, offset, length));
    } else {
      writeNow(bytes, offset, length);
    }
  }

  /**
   * One write(2), for a descriptor that is non-blocking.
   *
   * @return whether all of it was taken
   */
  public boolean writeAtOnce(byte[] bytes) {
    try (Call call = new Call()) {
      return call.run(Sys.WRITE, number(), call.bytes(bytes).address(), bytes.length)
          == bytes.length;
    }
  }

  /**
   * Waits until there is something to read, or the end of the file.
   *
   * @param timeoutMillis 0 looks only, negative waits for ever
   */
  public boolean waitReadable(long timeoutMillis) {
    return Poll.await(number(), Poll.IN, timeoutMillis) != 0;
  }

  /** Whether nobody can read any more what is written here: a pipe or terminal without its end. */
  public boolean isAbandoned() {
    return (Poll.await(number(), 0, 0) & (Poll.ERROR | Poll.HANG_UP)) != 0;
  }

  /** Waits until this one is readable or {@code other} is; whether it is this one. */
  public boolean waitReadableBefore(Fd other) {
    return Poll.awaitFirst(number(), other.number());
  }

  /** Sets O_NONBLOCK, which belongs to the open file and so to all who share it. */
  public void nonBlocking(boolean wanted) {
    try (Call call = new Call()) {
      long flags = call.check(Sys.FCNTL, number(), F_GETFL);
      long others = flags & ~OpenFlags.NON_BLOCKING;
      call.check(Sys.FCNTL, number(), F_SETFL, wanted ? others | OpenFlags.NON_BLOCKING : others);
    }
  }

  @Override
  public String toString() {
    return "fd " + number.get();
  }

  int readNow(byte[] bytes, int offset, int length) {
    int size = Math.min(length, CHUNK);
    try (Call call = new Call()) {
      MemorySegment buffer = call.allocate(size);
      int fd = number();
      long result = call.runWhenReady(fd, Poll.IN, Sys.READ, fd, buffer.address(), size);
      int count = (int) Call.checked("read", null, result);
      MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, offset, count);
      return count == 0 && length > 0 ? -1 : count;
    }
  }

  private boolean writeNow(byte[] bytes, int offset, int length) {
    try (Call call = new Call()) {
      long at = call.bytes(bytes, offset, length).address();
      int fd = number();
      for (long done = 0; done < length; ) {
        done +=
            Call.checked(
                "write",
                null,
                call.runWhenReady(fd, Poll.OUT, Sys.WRITE, fd, at + done, length - done));
      }
      return true;
    }
  }
}
