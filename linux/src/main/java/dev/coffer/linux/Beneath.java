package dev.coffer.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Files of a container, looked up inside its root whatever links it has prepared, openat2(2). */
public final class Beneath {
  private static final long RESOLVE_NO_MAGICLINKS = 0x02;
  private static final long RESOLVE_IN_ROOT = 0x10;
  private static final int HOW = 24;

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
      if (!Files.isRegularFile(again)) {
        return Optional.empty();
      }
      try (Fd file = HostFiles.open(again, OpenFlags.READ_ONLY, 0)) {
        return read(file, longest);
      }
    } catch (KernelException e) {
      return Optional.empty();
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
    try (Call call = new Call()) {
      MemorySegment how = call.allocate((long) HOW);
      // only a place at first: opening a device or a fifo that the container put there has effects
      how.set(ValueLayout.JAVA_LONG, 0, OpenFlags.PATH | OpenFlags.CLOSE_ON_EXEC);
      how.set(ValueLayout.JAVA_LONG, 16, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
      long result =
          call.checkOn(
              path, Sys.OPENAT2, root.number(), call.text(path), how.address(), HOW);
      return Fd.of((int) result);
    }
  }
}
