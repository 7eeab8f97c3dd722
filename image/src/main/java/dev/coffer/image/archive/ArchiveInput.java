package dev.coffer.image.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** A stream read in large pieces; its end in the wrong place is a damaged archive. */
final class ArchiveInput implements Closeable {
  private static final int SIZE = 256 << 10;

  private final InputStream in;
  private final byte[] buffer = new byte[SIZE];
  private final long most;
  private long taken;
  private int at;
  private int end;

  ArchiveInput(InputStream in, long most) {
    this.in = in;
    this.most = most;
  }

  /** The next block, or null at the end of the stream. */
  byte[] block() throws IOException {
    return at == end && !fill() ? null : exactly(TarHeader.BLOCK);
  }

  byte[] exactly(int length) throws IOException {
    byte[] bytes = new byte[length];
    for (int done = 0; done < length; ) {
      done += read(bytes, done, length - done);
    }
    return bytes;
  }

  /** At least one byte, of at most {@code length}. */
  int read(byte[] bytes, int offset, int length) throws IOException {
    if (at == end && !fill()) {
      throw ended();
    }
    int count = Math.min(length, end - at);
    System.arraycopy(buffer, at, bytes, offset, count);
    at += count;
    return count;
  }

  void skip(long length) throws IOException {
    for (long left = length; left > 0; ) {
      if (at == end && !fill()) {
        throw ended();
      }
      int count = (int) Math.min(left, end - at);
      at += count;
      left -= count;
    }
  }

  /** To the end of the stream, so that whoever hashes or decompresses it has seen all of it. */
  void skipRest() throws IOException {
    do {
      at = end;
    } while (fill());
  }

  private boolean fill() throws IOException {
    int count = in.read(buffer, 0, SIZE);
    at = 0;
    end = Math.max(count, 0);
    taken += end;
    if (taken > most) {
      throw ArchiveException.tooLong(most);
    }
    return count > 0;
  }

  private static ArchiveException ended() {
    return ArchiveException.damaged("it ends in the middle of an entry");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
