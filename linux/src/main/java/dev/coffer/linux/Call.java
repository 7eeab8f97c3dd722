package dev.coffer.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * One native call: its memory, which lives as long as this object, and its errno. Domain methods
 * open one per call; results follow the kernel's own convention, negative errno for failure.
 */
final class Call implements AutoCloseable {
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(Native.STATE);

  /** The result, or a {@link KernelException}. */
  long check(Sys sys, long... words) {
    return checked(sys, null, run(sys, words));
  }

  /** As {@link #check}, with the thing that the call was about in the message. */
  long checkOn(String subject, Sys sys, long... words) {
    return checked(sys, subject, run(sys, words));
  }

  /** The result, or the negative errno. A call that a signal interrupted is made again. */
  long run(Sys sys, long... words) {
    long result;
    do {
      result = once(sys, words);
    } while (result == -Errno.EINTR.number());
    return result;
  }

  /**
   * As {@link #run}, waiting for {@code events} of poll(2) wherever the descriptor would rather not
   * block.
   */
  long runWhenReady(int fd, int events, Sys sys, long... words) {
    long result;
    while ((result = run(sys, words)) == -Errno.EAGAIN.number()) {
      Poll.await(fd, events, Poll.FOREVER);
    }
    return result;
  }

  /** The result, or the negative errno, -EINTR too. */
  long once(Sys sys, long... words) {
    return Native.syscall(
        state,
        sys.number(),
        word(words, 0),
        word(words, 1),
        word(words, 2),
        word(words, 3),
        word(words, 4),
        word(words, 5));
  }

  /** Calls a function of the C library that takes up to six words and returns an {@code int}. */
  int function(MemorySegment function, long... words) {
    return (int) pointer(function, words);
  }

  /** As {@link #function}, for one that returns a pointer. */
  long pointer(MemorySegment function, long... words) {
    return Native.function(
        function,
        state,
        word(words, 0),
        word(words, 1),
        word(words, 2),
        word(words, 3),
        word(words, 4),
        word(words, 5));
  }

  static long checked(Sys sys, String subject, long result) {
    return result >= 0 ? result : checked(sys.describe(), subject, result);
  }

  static long checked(String call, String subject, long result) {
    if (result >= 0) {
      return result;
    }
    throw subject == null
        ? new KernelException(call, (int) -result)
        : new KernelException(call, subject, (int) -result);
  }

  MemorySegment allocate(MemoryLayout layout) {
    return arena.allocate(layout);
  }

  /** Zeroed bytes, aligned for any structure. */
  MemorySegment allocate(long size) {
    return arena.allocate(Math.max(size, 1), 8);
  }

  MemorySegment bytes(byte[] bytes) {
    return bytes(bytes, 0, bytes.length);
  }

  MemorySegment bytes(byte[] bytes, int offset, int length) {
    MemorySegment segment = arena.allocate(Math.max(length, 1));
    MemorySegment.copy(bytes, offset, segment, ValueLayout.JAVA_BYTE, 0, length);
    return segment;
  }

  MemorySegment ints(int... values) {
    return arena.allocateFrom(ValueLayout.JAVA_INT, values);
  }

  /** The address of the text's NUL-terminated UTF-8 bytes. */
  long text(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a NUL character in \"" + text.replace('\0', '?') + "\"");
    }
    return terminated(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The address of these bytes with a NUL behind them. */
  long terminated(byte[] name) {
    MemorySegment segment = arena.allocate(name.length + 1L);
    MemorySegment.copy(name, 0, segment, ValueLayout.JAVA_BYTE, 0, name.length);
    return segment.address();
  }

  long path(Path path) {
    return text(path.toString());
  }

  /** The address of a NULL-terminated vector of strings, as execve(2) takes it. */
  long vector(List<String> texts) {
    MemorySegment vector = arena.allocate(ValueLayout.JAVA_LONG, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      vector.setAtIndex(ValueLayout.JAVA_LONG, i, text(texts.get(i)));
    }
    return vector.address();
  }

  @Override
  public void close() {
    arena.close();
  }

  private static long word(long[] words, int index) {
    return index < words.length ? words[index] : 0;
  }
}
