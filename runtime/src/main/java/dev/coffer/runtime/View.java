package dev.coffer.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What part of the world a process sees, as a name: callers with the same name can be served by the
 * same engine. The launcher computes the same (native/PROTOCOL.md).
 */
public final class View {
  private static final List<String> PLACES =
      List.of(
          "/proc/self/ns/mnt", "/proc/self/ns/user", "/proc/self/ns/net", "/proc/self/ns/pid", "/");

  private View() {}

  /**
   * Sixteen hexadecimal digits: FNV-1a over device and inode of four namespaces and of the root.
   */
  public static String current() {
    Fnv1a hash = new Fnv1a();
    for (String path : PLACES) {
      hash.addLong(attribute(path, "unix:dev"));
      hash.addLong(attribute(path, "unix:ino"));
    }
    return Fnv1a.hex(hash.value());
  }

  private static long attribute(String path, String name) {
    try {
      return ((Number) Files.getAttribute(Path.of(path), name)).longValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
