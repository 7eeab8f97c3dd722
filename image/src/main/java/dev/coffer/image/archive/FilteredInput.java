package dev.coffer.image.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** What a program makes of another stream, which a thread of its own feeds it. */
final class FilteredInput extends InputStream {
  private static final int CHUNK = 128 << 10;

  private final Filter filter;
  private final InputStream source;
  private final InputStream out;
  private final Thread feeder;
  private final AtomicReference<IOException> failure = new AtomicReference<>();
  private boolean ended;

  private FilteredInput(Filter filter, InputStream source) {
    this.filter = filter;
    this.source = source;
    this.out = filter.process().getInputStream();
    this.feeder = Thread.ofPlatform().daemon().name("coffer-feed").unstarted(this::feed);
  }

  static InputStream of(List<String> argv, InputStream source) throws IOException {
    FilteredInput input = new FilteredInput(Filter.start(argv), source);
    input.feeder.start();
    return input;
  }

  private void feed() {
    byte[] chunk = new byte[CHUNK];
    try (OutputStream to = filter.process().getOutputStream()) {
      for (int count; (count = readSource(chunk)) > 0; ) {
        try {
          to.write(chunk, 0, count);
        } catch (IOException e) {
          return; // the program has ended, and its status says why
        }
      }
    } catch (IOException e) {
      // closing flushes, to a program that may have ended: as above
    }
  }

  private int readSource(byte[] chunk) {
    try {
      return source.read(chunk, 0, CHUNK);
    } catch (IOException e) {
      failure.set(e);
    } catch (RuntimeException e) {
      failure.set(new IOException(e.getMessage(), e));
    }
    return -1;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = out.read(bytes, offset, length);
    if (count < 0 && !ended) {
      ended = true;
      finish();
    }
    return count;
  }

  private void finish() throws IOException {
    join();
    if (failure.get() != null) {
      throw new IOException(failure.get().getMessage(), failure.get());
    }
    filter.requireSuccess();
  }

  private void join() throws IOException {
    try {
      feeder.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Also before the end, when nobody wants the rest. */
  @Override
  public void close() throws IOException {
    filter.kill();
    out.close();
    filter.process().getErrorStream().close();
    source.close();
  }
}
