package dev.coffer.tools.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Tells one build of launcher and engine from another.
 *
 * @param hex 32 hexadecimal digits
 */
record BuildId(String hex) {
  static final int BYTES = 16;

  private static final int LONGEST_FILE = 1024;

  BuildId {
    if (HexFormat.of().parseHex(hex).length != BYTES) {
      throw new IllegalArgumentException("\"" + hex + "\" is no build id");
    }
  }

  static BuildId decode(byte[] bytes) {
    return new BuildId(HexFormat.of().formatHex(bytes));
  }

  /** Empty where there is no such file, as in a build that was not installed. */
  static Optional<BuildId> read(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_FILE) {
        return Optional.empty();
      }
      return Optional.of(new BuildId(Files.readString(file).strip()));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // damaged means unknown: then every launcher is believed to fit
    }
  }
}
