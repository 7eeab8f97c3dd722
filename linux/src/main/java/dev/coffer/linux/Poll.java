package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/** Waits for one descriptor, ppoll(2). Several are {@link Poller}'s job. */
final class Poll {
  static final int IN = 1;
  static final int OUT = 4;
  static final int ERROR = 8;
  static final int HANG_UP = 16;
  static final int FOREVER = -1;

  private static final long FD = Layouts.offset(Layouts.POLLFD, "fd");
  private static final long EVENTS = Layouts.offset(Layouts.POLLFD, "events");
  private static final long REVENTS = Layouts.offset(Layouts.POLLFD, "revents");

  private Poll() {}

  /**
   * @param timeoutMillis 0 looks only, negative waits for ever
   * @return the events that are there, {@link #ERROR} and {@link #HANG_UP} uninvited; 0 when the
   *     time is over
   */
  static int await(int fd, int events, long timeoutMillis) {
    if (timeoutMillis != 0 && PlatformThread.needed()) {
      return PlatformThread.call("poll", () -> wait(fd, events, timeoutMillis));
    }
    return wait(fd, events, timeoutMillis);
  }

  /** Waits for either of two descriptors; whether it is the first. */
  static boolean awaitFirst(int first, int second) {
    if (PlatformThread.needed()) {
      return PlatformThread.call("poll", () -> isFirst(first, second));
    }
    return isFirst(first, second);
  }

  private static boolean isFirst(int first, int second) {
    long size = Layouts.POLLFD.byteSize();
    try (Call call = new Call()) {
      MemorySegment pollfds = call.allocate(2 * size);
      pollfds.set(JAVA_INT, FD, first);
      pollfds.set(JAVA_SHORT, EVENTS, (short) IN);
      pollfds.set(JAVA_INT, size + FD, second);
      pollfds.set(JAVA_SHORT, size + EVENTS, (short) IN);
      call.check(Sys.PPOLL, pollfds.address(), 2, 0, 0, 0);
      return pollfds.get(JAVA_SHORT, REVENTS) != 0;
    }
  }

  private static int wait(int fd, int events, long timeoutMillis) {
    try (Call call = new Call()) {
      MemorySegment pollfd = call.allocate(Layouts.POLLFD);
      pollfd.set(JAVA_INT, FD, fd);
      pollfd.set(JAVA_SHORT, EVENTS, (short) events);
      // ppoll(2) writes the time that is left into the structure, so a repetition after EINTR does
      // not start over.
      long timeout = timeoutMillis < 0 ? 0 : timespec(call, timeoutMillis).address();
      call.check(Sys.PPOLL, pollfd.address(), 1, timeout, 0, 0);
      return pollfd.get(JAVA_SHORT, REVENTS);
    }
  }

  static MemorySegment timespec(Call call, long millis) {
    MemorySegment timespec = call.allocate(Layouts.TIMESPEC);
    timespec.set(JAVA_LONG, 0, millis / 1000);
    timespec.set(JAVA_LONG, 8, millis % 1000 * 1_000_000);
    return timespec;
  }
}
