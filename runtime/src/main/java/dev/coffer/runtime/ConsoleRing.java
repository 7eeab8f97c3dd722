package dev.coffer.runtime;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.OpenFlags;
import dev.coffer.model.ContainerSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;

/**
 * The last that a container's console printed, in its directory: a file that the keeper appends to
 * and the older one that its content goes to when it is full. It is there as long as the container.
 */
public final class ConsoleRing {
  /** Where nothing is configured. */
  static final long DEFAULT_SIZE = 64 << 10;

  private static final String FILE = "console.ring";
  private static final int MOST_TRIES = 5;

  private final Path newest;
  private final Path older;
  private long consumed;
  private Moment seen = new Moment(0, 0);

  /** What a file was like when it was looked at. */
  private record Moment(long size, long modified) {
    static Moment of(Path file) {
      try {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return new Moment(
            now.size(), now.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS));
      } catch (IOException _) {
        // nothing was ever that much
        return new Moment(0, 0);
      }
    }
  }

  private ConsoleRing(Path newest) {
    this.newest = newest;
    this.older = older(newest);
  }

  public static ConsoleRing of(Path containerDirectory) {
    return new ConsoleRing(file(containerDirectory));
  }

  static Path file(Path containerDirectory) {
    return containerDirectory.resolve(FILE);
  }

  static Path older(Path log) {
    return log.resolveSibling(log.getFileName() + ".1");
  }

  /** At how many bytes the newest part is full. */
  static long size(ContainerSpec spec) {
    return spec.terminals().consoleBuffer() > 0 ? spec.terminals().consoleBuffer() : DEFAULT_SIZE;
  }

  /** Whether anything is kept. */
  public boolean exists() {
    return Files.exists(newest);
  }

  /** All that is kept, oldest first. */
  public byte[] read() {
    byte[] all = new byte[0];
    for (int i = 0; i < MOST_TRIES; i++) {
      Moment before = Moment.of(older);
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      text.writeBytes(content(older));
      text.writeBytes(content(newest));
      all = text.toByteArray();
      if (before.equals(Moment.of(older))) {
        break;
      }
    }
    return all;
  }

  /**
   * Takes the oldest bytes that were not taken before, as LXC's ring buffer gives them.
   *
   * @param most how many; 0 for all
   */
  synchronized byte[] take(long most) {
    byte[] all = read();
    Moment now = Moment.of(older);
    if (!now.equals(seen)) { // what was the older part is gone
      consumed = Math.max(0, consumed - seen.size());
      seen = now;
    }
    int from = (int) Math.min(consumed, all.length);
    int to = most > 0 && most < all.length - from ? from + (int) most : all.length;
    consumed = to;
    return Arrays.copyOfRange(all, from, to);
  }

  /** Empties it. */
  synchronized void clear() {
    for (Path file : new Path[] {older, newest}) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(0);
      } catch (NoSuchFileException _) {
        continue;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    consumed = 0;
    seen = Moment.of(older);
  }

  /** Follows what is printed from now on. */
  public Tail tail() {
    return new Tail();
  }

  /** What was printed since it was last asked, as far as it is still there. */
  public final class Tail {
    private long at;
    private Moment past = Moment.of(older);

    private Tail() {}

    /** Everything that is kept, then what is new each time. */
    public byte[] next() {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      Moment now = Moment.of(older);
      byte[] current = content(newest);
      if (!now.equals(past) || current.length < at) {
        byte[] before = content(older);
        text.write(
            before, (int) Math.min(at, before.length), (int) Math.max(0, before.length - at));
        past = now;
        at = 0;
        current = content(newest);
      }
      text.write(current, (int) at, current.length - (int) at);
      at = current.length;
      return text.toByteArray();
    }

    /** Skips what is kept now. */
    public byte[] begin() {
      byte[] all = read();
      past = Moment.of(older);
      at = Moment.of(newest).size();
      return all;
    }
  }

  private static byte[] content(Path file) {
    try (Fd opened = HostFiles.open(file, OpenFlags.READ_ONLY | OpenFlags.NO_FOLLOW, 0)) {
      return opened.readAll();
    } catch (KernelException e) {
      if (e.is(Errno.ENOENT)) {
        return new byte[0];
      }
      throw e;
    }
  }
}
