package dev.coffer.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What part of the world a process sees, as a name: callers with the same name can be served by the same
 * engine. The launcher computes the same (native/PROTOCOL.md).
 */
public final class View {
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private View() {}

  /** Sixteen hexadecimal digits: FNV-1a over device and inode of four namespaces and of the root. */
  public static String current() {
    long hash = OFFSET_BASIS;
    for (String path :
        List.of("/proc/self/ns/mnt", "/proc/self/ns/user", "/proc/self/ns/net", "/proc/self/ns/pid", "/")) {
      hash = add(hash, attribute(path, "unix:dev"));
      hash = add(hash, attribute(path, "unix:ino"));
    }
    return String.format("%016x", hash);
  }

  private static long attribute(String path, String name) {
    try {
      return ((Number) Files.getAttribute(Path.of(path), name)).longValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long add(long hash, long value) {
    long result = hash;
    for (int i = 0; i < 8; i++) {
      result = (result ^ ((value >>> (8 * i)) & 0xff)) * PRIME;
    }
    return result;
  }
}
