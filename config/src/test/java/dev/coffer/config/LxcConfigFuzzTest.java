package dev.coffer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.CofferException;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a file holds, reading it ends with problems and not with an exception. */
class LxcConfigFuzzTest {
  private static final String LETTERS = " \t\"'#=:,.+-/\\0123456789abcxyzA\0\r\u00fc\ud83d";
  private static final List<String> KEYS = LxcKeys.table().stream().map(KeyRow::name).toList();
  private static final List<String> VALUES = LxcKeys.table().stream().map(KeyRow::example).toList();

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void randomBytesAreReadAndGivenBackUnchanged(long seed) throws Exception {
    Random random = new Random(seed);
    Path file = directory.resolve("config");
    for (int round = 0; round < 100; round++) {
      byte[] bytes = new byte[random.nextInt(2000)];
      random.nextBytes(bytes);
      Files.write(file, bytes);
      LxcConfig.read(file, Map.of()).save(file);
      assertEquals(
          new String(bytes, StandardCharsets.ISO_8859_1),
          Files.readString(file, StandardCharsets.ISO_8859_1));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomLinesOfKnownKeysNeverThrow(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(30); i > 0; i--) {
        text.append(key(random)).append(" = ").append(value(random)).append('\n');
      }
      check(LxcConfig.parse(text.toString(), directory.resolve("config"), Map.of()), random);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void randomMountLinesNeverThrow(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 5000; round++) {
      List<Problem> problems = new ArrayList<>();
      boolean read =
          FstabLine.parse(letters(random, 40), Origin.builtIn("test"), problems).isPresent();
      assertEquals(read, problems.isEmpty());
    }
  }

  private static void check(LxcConfig config, Random random) {
    for (int i = 0; i < 10; i++) {
      String key = key(random);
      config.set(key, value(random), Origin.option("-s"));
      config.get(key);
      config.values(key);
      config.keys(key);
      config.clear(key(random));
    }
    LxcKeys.table().forEach(row -> config.get(row.name()));
    try {
      config.spec("c", Path.of("/lxc"));
    } catch (CofferException e) {
      assertEquals("Failed to load config for c", e.getMessage());
      assertTrue(!e.details().isEmpty());
    }
  }

  private static String key(Random random) {
    String key = KEYS.get(random.nextInt(KEYS.size()));
    return switch (random.nextInt(8)) {
      case 0 -> key;
      case 1 -> "lxc." + letters(random, 12).replace("\n", "");
      case 2 -> "lxc.network." + key.substring(key.lastIndexOf('.') + 1);
      case 3 -> key.substring(0, random.nextInt(key.length()) + 1);
      case 4 -> key + "." + letters(random, 5);
      default -> key.replace(".N", "." + random.nextInt(3)).replace("NS", "net");
    };
  }

  private static String value(Random random) {
    String value = VALUES.get(random.nextInt(VALUES.size()));
    return switch (random.nextInt(4)) {
      case 0 -> letters(random, 20);
      case 1 -> value + letters(random, 3);
      case 2 -> "";
      default -> value;
    };
  }

  private static String letters(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i > 0; i--) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
