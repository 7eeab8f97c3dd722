package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.model.CofferException;
import dev.coffer.plan.SubordinateIds.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ids of the host that the containers of a directory map by {@code lxc.idmap} lines of their own,
 * so that nobody else gets them. Read only when a container gets a range for the first time.
 */
final class HandwrittenMaps {
  private static final String MAP = "lxc.idmap";

  private HandwrittenMaps() {}

  /**
   * @param except the container that a range is chosen for
   */
  static List<Range> read(Path lxcPath, Path except, Map<String, String> environment) {
    List<Range> ranges = new ArrayList<>();
    try (DirectoryStream<Path> containers = Files.newDirectoryStream(lxcPath)) {
      for (Path container : containers) {
        Path config = container.resolve("config");
        if (!container.equals(except) && Files.isReadable(config)) {
          ranges.addAll(of(config, environment));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      return ranges; // the first container of all
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ranges;
  }

  private static List<Range> of(Path config, Map<String, String> environment) {
    try {
      return LxcConfig.read(config, environment).values(MAP).stream()
          .map(HandwrittenMaps::range)
          .flatMap(Optional::stream)
          .toList();
    } catch (CofferException _) {
      return List.of(); // it cannot start as it is, so it maps nothing
    }
  }

  /** {@code u 0 100000 65536}: the third word and the fourth. */
  private static Optional<Range> range(String map) {
    String[] words = map.strip().split("\\s+");
    try {
      return words.length == 4
          ? Optional.of(new Range(Long.parseLong(words[2]), Long.parseLong(words[3])))
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // as above
    }
  }
}
