package dev.coffer.tools.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** How a kernel was built: the options it was configured with. */
public final class KernelConfig {
  private final Map<String, String> options = new HashMap<>();

  private KernelConfig(List<String> lines) {
    for (String line : lines) {
      int equals = line.indexOf('=');
      if (line.startsWith("CONFIG_") && equals > 0) {
        options.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
  }

  /** Reads a file of options, which may be packed by gzip. */
  public static KernelConfig read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length > 2 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b) {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        bytes = in.readAllBytes();
      }
    }
    return new KernelConfig(new String(bytes, StandardCharsets.UTF_8).lines().toList());
  }

  /** Where the running kernel's options are found, if anywhere. */
  public static Optional<Path> find(String release) {
    return List.of(
            "/proc/config.gz",
            "/lib/modules/" + release + "/build/.config",
            "/boot/config-" + release,
            "/lib/kernel/config-" + release)
        .stream()
        .map(Path::of)
        .filter(Files::isReadable)
        .findFirst();
  }

  /** Whether it is built in or there as a module. */
  public boolean has(String option) {
    String value = options.getOrDefault(option, "n");
    return value.equals("y") || value.equals("m");
  }
}
