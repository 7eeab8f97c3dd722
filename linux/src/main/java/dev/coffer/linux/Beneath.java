package dev.coffer.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Files of a container, looked up inside its root whatever links it has prepared, openat2(2). */
public final class Beneath {
  private Beneath() {}

  /**
   * The content of a regular file.
   *
   * @param root the directory that {@code /} means, such as {@code /proc/PID/root}
   * @param longest files above this many bytes are not read
   * @return empty where there is no such file
   */
  public static Optional<byte[]> read(String root, String path, int longest) {
    try (Fd directory = HostFiles.openPath(Path.of(root));
        Fd place = open(directory, path)) {
      Path again = Path.of("/proc/self/fd/" + place.number());
      // those of procfs say that they are regular and empty, and some of them block whoever reads
      if (!Files.isRegularFile(again) || !isWithin(Files.size(again), longest)) {
        return Optional.empty();
      }
      try (Fd file = open(again)) {
        return read(file, longest);
      }
    } catch (KernelException | IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isWithin(long size, int longest) {
    return size > 0 && size <= longest;
  }

  /** Without waiting for whoever holds a lease on it, fcntl(2). */
  private static Fd open(Path file) {
    return HostFiles.open(file, OpenFlags.READ_ONLY | OpenFlags.NON_BLOCKING, 0);
  }

  /** What a directory holds, in no order; empty where there is no such directory. */
  public static List<String> names(String root, String path) {
    try (Fd directory = HostFiles.openPath(Path.of(root))) {
      long place = find(directory, path);
      return place < 0 ? List.of() : names(Fd.of((int) place));
    } catch (KernelException e) {
      return List.of();
    }
  }

  private static List<String> names(Fd directory) {
    try (directory;
        var entries = Files.list(Path.of("/proc/self/fd/" + directory.number() + "/."))) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  private static Optional<byte[]> read(Fd file, int longest) {
    byte[] bytes = new byte[4096];
    int length = 0;
    int count;
    while ((count = file.read(bytes, length, bytes.length - length)) > 0) {
      length += count;
      if (length > longest) {
        return Optional.empty();
      }
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * length);
      }
    }
    return Optional.of(Arrays.copyOf(bytes, length));
  }

  private static Fd open(Fd root, String path) {
    return Fd.of((int) Call.checked(Sys.OPENAT2, path, find(root, path)));
  }

  /** A descriptor, or the negative errno: what is often missing is not worth an exception. */
  private static long find(Fd root, String path) {
    try (Call call = new Call()) {
      // only a place at first: opening a device or a fifo that the container put there has effects
      return OpenHow.open(
          call, root, call.text(path), OpenFlags.PATH, OpenHow.IN_ROOT | OpenHow.NO_MAGIC_LINKS);
    }
  }
}
