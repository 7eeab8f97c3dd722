package dev.coffer.image;

import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The machine's static BusyBox.
 *
 * @param program the executable
 * @param applets paths below the root that BusyBox wants to be found at, such as {@code bin/ash}
 * @param version for instance {@code 1.35.0}
 */
public record BusyBox(Path program, List<String> applets, String version) {
  private static final List<Path> PLACES =
      List.of(
          Path.of("/bin/busybox"), Path.of("/usr/bin/busybox"), Path.of("/sbin/busybox.static"));
  private static final List<String> HINT = List.of("hint  install the package busybox-static");
  private static final int WAIT_SECONDS = 10;

  public BusyBox {
    applets = List.copyOf(applets);
  }

  /**
   * Looks for the machine's BusyBox, which must be linked statically: the image has no libraries.
   */
  public static BusyBox probe() {
    for (Path place : PLACES) {
      if (Files.isExecutable(place)) {
        return probe(place);
      }
    }
    throw new CofferException("The built-in image needs /bin/busybox, which is missing", HINT);
  }

  /** Looks at one executable. */
  public static BusyBox probe(Path program) {
    try {
      Path real = program.toRealPath();
      if (!Elf.read(real).isStatic()) {
        throw new CofferException(
            "The built-in image needs a statically linked BusyBox; \"" + program + "\" is not",
            HINT);
      }
      List<String> applets = output(real, "--list-full");
      if (!applets.contains("sbin/init")) {
        throw new CofferException("\"" + program + "\" is a BusyBox without init", HINT);
      }
      return new BusyBox(real, applets, version(real));
    } catch (IOException e) {
      throw new CofferException(
          "Cannot use \"" + program + "\" for the built-in image: " + Failures.describe(e), HINT);
    }
  }

  /** Whether the executable is still the one that {@code seen} was taken from. */
  static Object stamp(Path program) throws IOException {
    BasicFileAttributes seen = Files.readAttributes(program, BasicFileAttributes.class);
    return List.of(seen.fileKey(), seen.size(), seen.lastModifiedTime());
  }

  private static String version(Path program) throws IOException {
    // First line: "BusyBox v1.35.0 (Debian 1:1.35.0-4) multi-call binary."
    for (String line : output(program, "--help")) {
      String[] words = line.split(" ");
      if (words.length > 1 && words[0].equals("BusyBox") && words[1].startsWith("v")) {
        return words[1].substring(1);
      }
    }
    return "";
  }

  private static List<String> output(Path program, String option) throws IOException {
    Process process =
        new ProcessBuilder(program.toString(), option)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    try (var reader = process.inputReader()) {
      List<String> lines = reader.readAllLines();
      if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("\"" + program + " " + option + "\" failed");
      }
      return lines;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
