package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Waits for many descriptors at once, epoll(7), level-triggered. One thread waits; any thread may
 * add, remove and wake it.
 */
public final class Poller implements AutoCloseable {
  public static final int READABLE = 1;
  public static final int WRITABLE = 4;
  public static final int ERROR = 8;
  public static final int HUNG_UP = 16;

  private static final int ADD = 1;
  private static final int REMOVE = 2;
  private static final int MODIFY = 3;
  private static final int AT_ONCE = 64;
  private static final long EVENT_SIZE = Layouts.EPOLL_EVENT.byteSize();
  private static final long DATA = Layouts.offset(Layouts.EPOLL_EVENT, "data");

  private final Fd epoll;
  private final Fd waker;
  private final Map<Integer, Registration> registrations = new ConcurrentHashMap<>();
  private final AtomicInteger serials = new AtomicInteger();

  /**
   * What happened.
   *
   * @param events of {@link #READABLE} and its like; the last two come uninvited
   */
  public record Event(Fd fd, int events, Object attachment) {
    public boolean isReadable() {
      return (events & READABLE) != 0;
    }

    public boolean isHungUp() {
      return (events & (HUNG_UP | ERROR)) != 0;
    }
  }

  /**
   * The serial tells a descriptor from an earlier one of the same number whose file is still open
   * elsewhere.
   */
  private record Registration(Fd fd, int serial, Object attachment) {
    long data(int number) {
      return (long) serial << 32 | number;
    }
  }

  public Poller() {
    try (Call call = new Call()) {
      epoll = Fd.of((int) call.check(Sys.EPOLL_CREATE1, OpenFlags.CLOSE_ON_EXEC));
      waker =
          Fd.of(
              (int) call.check(Sys.EVENTFD2, 0, OpenFlags.CLOSE_ON_EXEC | OpenFlags.NON_BLOCKING));
    }
    add(waker, READABLE, waker);
  }

  public void add(Fd fd, int events, Object attachment) {
    Registration registration = new Registration(fd, serials.incrementAndGet(), attachment);
    Registration before = registrations.put(fd.number(), registration);
    try {
      control(ADD, fd.number(), events, registration.data(fd.number()));
    } catch (KernelException e) {
      registrations.computeIfPresent(fd.number(), (number, added) -> before);
      throw e;
    }
  }

  /** Changes what is waited for. */
  public void modify(Fd fd, int events) {
    control(MODIFY, fd.number(), events, registrations.get(fd.number()).data(fd.number()));
  }

  /** Forgets the descriptor, which must still be open. */
  public void remove(Fd fd) {
    registrations.remove(fd.number());
    control(REMOVE, fd.number(), 0, 0);
  }

  /**
   * Waits for events.
   *
   * @param timeoutMillis 0 looks only, negative waits for ever
   * @return empty when the time is over or {@link #wakeup} was called
   */
  public List<Event> await(long timeoutMillis) {
    return PlatformThread.needed()
        ? PlatformThread.call("poll", () -> waitNow(timeoutMillis))
        : waitNow(timeoutMillis);
  }

  /** Makes the present or next {@link #await} return at once. */
  public void wakeup() {
    waker.writeFully(new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
  }

  @Override
  public void close() {
    epoll.close();
    waker.close();
  }

  private void control(int operation, int fd, int events, long data) {
    try (Call call = new Call()) {
      MemorySegment event = call.allocate(EVENT_SIZE);
      event.set(JAVA_INT, 0, events);
      event.set(JAVA_LONG_UNALIGNED, DATA, data);
      call.check(Sys.EPOLL_CTL, epoll.number(), operation, fd, event.address());
    }
  }

  private List<Event> waitNow(long timeoutMillis) {
    try (Call call = new Call()) {
      MemorySegment ready = call.allocate(AT_ONCE * EVENT_SIZE);
      int timeout = Math.clamp(timeoutMillis, -1, Integer.MAX_VALUE);
      long count = call.run(Sys.EPOLL_PWAIT, epoll.number(), ready.address(), AT_ONCE, timeout);
      Call.checked("epoll_pwait", null, count);
      List<Event> events = new ArrayList<>();
      for (long i = 0; i < count; i++) {
        decode(ready.asSlice(i * EVENT_SIZE, EVENT_SIZE), events);
      }
      return events;
    }
  }

  private void decode(MemorySegment event, List<Event> events) {
    long data = event.get(JAVA_LONG_UNALIGNED, DATA);
    Registration registration = registrations.get((int) data);
    if (registration == null || registration.serial() != (int) (data >>> 32)) {
      return;
    }
    if (registration.fd() == waker) {
      waker.read(new byte[8]);
    } else {
      events.add(new Event(registration.fd(), event.get(JAVA_INT, 0), registration.attachment()));
    }
  }
}
