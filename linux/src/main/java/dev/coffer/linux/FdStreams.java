package dev.coffer.linux;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Descriptors as Java's streams; closing the stream closes the descriptor. */
public final class FdStreams {
  private FdStreams() {}

  public static InputStream input(Fd fd) {
    return new Input(fd);
  }

  public static OutputStream output(Fd fd) {
    return new Output(fd);
  }

  /** Closes streams that were made here, which cannot fail. */
  public static void close(Closeable... streams) {
    for (Closeable stream : streams) {
      try {
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Input extends InputStream {
    private final Fd fd;

    private Input(Fd fd) {
      this.fd = fd;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length == 0) {
        return 0;
      }
      try {
        return fd.read(bytes, offset, length);
      } catch (KernelException | IllegalStateException e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      fd.close();
    }
  }

  private static final class Output extends OutputStream {
    private final Fd fd;

    private Output(Fd fd) {
      this.fd = fd;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        fd.writeFully(bytes, offset, length);
      } catch (KernelException | IllegalStateException e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      fd.close();
    }
  }
}
