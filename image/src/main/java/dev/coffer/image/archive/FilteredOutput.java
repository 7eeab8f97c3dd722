package dev.coffer.image.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Passes what is written through a program; a thread of its own takes what comes out of it. */
final class FilteredOutput extends OutputStream {
  private final Filter filter;
  private final OutputStream in;
  private final OutputStream target;
  private final Thread taker;
  private final AtomicReference<IOException> failure = new AtomicReference<>();
  private boolean closed;

  private FilteredOutput(Filter filter, OutputStream target) {
    this.filter = filter;
    this.in = filter.process().getOutputStream();
    this.target = target;
    this.taker = Thread.ofPlatform().daemon().name("coffer-take").unstarted(this::take);
  }

  static OutputStream of(List<String> argv, OutputStream target) throws IOException {
    FilteredOutput output = new FilteredOutput(Filter.start(argv), target);
    output.taker.start();
    return output;
  }

  private void take() {
    try (InputStream from = filter.process().getInputStream()) {
      from.transferTo(target);
    } catch (IOException e) {
      failure.set(e);
      filter.kill();
    }
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      in.write(bytes, offset, length);
    } catch (IOException e) {
      throw failure.get() == null ? e : failure.get();
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (target) {
      in.close();
      taker.join();
      if (failure.get() != null) {
        throw failure.get();
      }
      filter.requireSuccess();
    } catch (InterruptedException e) {
      filter.kill();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
