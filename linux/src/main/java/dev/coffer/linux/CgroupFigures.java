package dev.coffer.linux;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Numbers in the files of one cgroup, cgroups(7); a file that is not there has none. */
public final class CgroupFigures {
  private CgroupFigures() {}

  /** The number that a file is; empty for {@code max}, which is no limit. */
  public static OptionalLong number(Path cgroup, String file) {
    return read(cgroup, file).map(text -> parse(text.strip())).orElse(OptionalLong.empty());
  }

  /** The number behind a key in a file of lines {@code KEY NUMBER}. */
  public static OptionalLong keyed(Path cgroup, String file, String key) {
    return read(cgroup, file)
        .flatMap(text -> text.lines().filter(line -> line.startsWith(key + " ")).findFirst())
        .map(line -> parse(line.substring(key.length() + 1)))
        .orElse(OptionalLong.empty());
  }

  /**
   * The sum of lines {@code Total N}: one for all devices, or nothing before the first transfer.
   */
  static OptionalLong legacyIo(Path cgroup) {
    OptionalLong total = keyed(cgroup, "blkio.throttle.io_service_bytes", "Total");
    return total.isPresent() ? total : keyed(cgroup, "blkio.io_service_bytes", "Total");
  }

  /**
   * The sum over all devices of what stands behind a key: {@code rbytes=N} in io.stat, {@code Read
   * N} in the files of v1's blkio.
   */
  public static OptionalLong summed(Path cgroup, String file, String key) {
    return read(cgroup, file)
        .map(text -> OptionalLong.of(summed(text, key)))
        .orElse(OptionalLong.empty());
  }

  static long summed(String text, String key) {
    long sum = 0;
    String[] words = text.split("[\\s=]+");
    for (int i = 0; i + 1 < words.length; i++) {
      if (words[i].equals(key)) {
        sum += parse(words[i + 1]).orElse(0);
      }
    }
    return sum;
  }

  /**
   * How long tasks had to wait for a resource, in microseconds.
   *
   * @param file such as {@code io.pressure}
   * @param share {@code some} or {@code full}
   */
  public static OptionalLong waited(Path cgroup, String file, String share) {
    return read(cgroup, file)
        .flatMap(text -> text.lines().filter(line -> line.startsWith(share + " ")).findFirst())
        .map(line -> OptionalLong.of(summed(line, "total")))
        .orElse(OptionalLong.empty());
  }

  private static OptionalLong parse(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // "max"
    }
  }

  private static Optional<String> read(Path cgroup, String file) {
    return HostFiles.readIfThere(cgroup.resolve(file));
  }
}
