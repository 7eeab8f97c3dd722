package dev.coffer.linux;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Numbers in the files of one cgroup; a file that is not there has none. */
final class CgroupFigures {
  private CgroupFigures() {}

  static OptionalLong number(Path cgroup, String file) {
    return read(cgroup, file).map(text -> parse(text.strip())).orElse(OptionalLong.empty());
  }

  /** The number behind a key in a file of lines {@code KEY NUMBER}. */
  static OptionalLong keyed(Path cgroup, String file, String key) {
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

  /** The sum of all {@code rbytes=} and {@code wbytes=} of io.stat. */
  static OptionalLong unifiedIo(Path cgroup) {
    return read(cgroup, "io.stat")
        .map(text -> OptionalLong.of(sum(text)))
        .orElse(OptionalLong.empty());
  }

  static long sum(String ioStat) {
    long sum = 0;
    for (String word : ioStat.split("\\s+")) {
      if (word.startsWith("rbytes=") || word.startsWith("wbytes=")) {
        sum += parse(word.substring(7)).orElse(0);
      }
    }
    return sum;
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
