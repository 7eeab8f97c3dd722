package dev.coffer.tools.engine;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.KernelException;
import dev.coffer.tools.Output;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A caller's standard output or error. Text is gathered and written in large pieces. */
final class StreamOutput implements Output {
  private static final int ROOM = 8 * 1024;

  private final Optional<Fd> stream;
  private final boolean byLine;
  private final StringBuilder gathered = new StringBuilder();
  private boolean broken;

  /**
   * @param stream empty where the caller has closed it: then all text vanishes
   * @param byLine whether each line is written at once, as for a terminal or for errors
   */
  StreamOutput(Optional<Fd> stream, boolean byLine) {
    this.stream = stream;
    this.byLine = byLine;
  }

  @Override
  public synchronized void print(String text) {
    gathered.append(text);
    if (gathered.length() >= ROOM || byLine && text.endsWith("\n")) {
      flush();
    }
  }

  @Override
  public synchronized void print(byte[] bytes) {
    flush();
    if (stream.isPresent() && !broken) {
      write(stream.get(), bytes);
    }
  }

  @Override
  public synchronized void flush() {
    if (gathered.isEmpty()) {
      return;
    }
    String text = gathered.toString();
    gathered.setLength(0);
    if (stream.isPresent() && !broken) {
      write(stream.get(), text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public synchronized boolean isAbandoned() {
    return broken || stream.isPresent() && stream.get().isAbandoned();
  }

  /** Whether something could not be written because nobody reads it any more. */
  synchronized boolean isBroken() {
    return broken;
  }

  private void write(Fd to, byte[] bytes) {
    try {
      to.writeFully(bytes);
    } catch (KernelException e) {
      // Nobody could be told of it but through this stream; a program would be ended by SIGPIPE.
      broken = e.is(Errno.EPIPE);
    }
  }
}
