package dev.coffer.image.server;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;

/** What a server sends. A watch ends it when nothing has arrived for too long. */
final class Body extends InputStream {
  private final InputStream in;
  private final long start;
  private final long length;
  private final Duration patience;
  private final AtomicLong arrived = new AtomicLong(System.nanoTime());
  private final Thread watch;
  private volatile boolean stalled;

  Body(InputStream in, long start, long length, Duration patience) {
    this.in = in;
    this.start = start;
    this.length = length;
    this.patience = patience;
    this.watch = Thread.ofVirtual().name("coffer-stall").start(this::watch);
  }

  /** The place in the file where this begins. */
  long start() {
    return start;
  }

  /** The file's size, -1 where the server does not say. */
  long total() {
    return length < 0 ? -1 : start + length;
  }

  private void watch() {
    try {
      while (true) {
        long left = patience.toNanos() - (System.nanoTime() - arrived.get());
        if (left <= 0) {
          stalled = true;
          in.close();
          return;
        }
        Thread.sleep(Duration.ofNanos(left));
      }
    } catch (InterruptedException | IOException e) {
      // the end, or nothing is left to be ended
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int size) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted while fetching");
    }
    try {
      int count = in.read(bytes, offset, size);
      arrived.set(System.nanoTime());
      if (stalled) {
        throw new IOException("stalled");
      }
      return count;
    } catch (IOException e) {
      throw stalled
          ? new IOException("nothing has arrived for " + patience.toSeconds() + " seconds")
          : e;
    }
  }

  @Override
  public void close() throws IOException {
    watch.interrupt();
    in.close();
  }
}
