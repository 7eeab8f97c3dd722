package dev.coffer.image;

import dev.coffer.image.archive.IdShift;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fills a root file system as root of the container's user namespace, for ordinary users: a program
 * of its own, since a running JVM cannot enter one.
 */
final class MappedUnpack {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LANG", "C.UTF-8");

  private MappedUnpack() {}

  /** Runs it as the caller's child, and waits. */
  static void run(RootFilling filling, CommandRunner runner) {
    List<String> argv = new ArrayList<>();
    argv.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    argv.addAll(
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx96m", "-XX:-UsePerfData"));
    argv.add("--enable-native-access=dev.coffer.linux");
    argv.addAll(
        List.of(
            "--module-path",
            modulePath()
                .orElseThrow(() ->
                    new CofferException(
                        "an ordinary user's container cannot be filled from a program without modules",
                        List.of("hint  start it with --module-path, or use coffer create")))));
    argv.add("--module=dev.coffer.image/" + MappedUnpack.class.getName());
    argv.addAll(filling.encode());
    int status = runner.run(argv, ENVIRONMENT, Path.of("/"), true);
    if (status != 0) {
      throw new CofferException(
          "the image could not be unpacked in the container's user namespace",
          List.of(
              "cause  the program for it ended with status " + status,
              "hint  its own words are above"));
    }
  }

  private static Optional<String> modulePath() {
    return Optional.ofNullable(System.getProperty("jdk.module.path"));
  }

  /** Its entry, inside. */
  public static void main(String[] arguments) {
    try {
      RootFilling.decode(arguments).run(IdShift.NONE, true);
    } catch (CofferException e) {
      System.err.println(e.getMessage());
      e.details().forEach(line -> System.err.println("  " + line));
      System.exit(1);
    } catch (IOException e) {
      System.err.println("cannot unpack: " + e.getMessage());
      System.exit(1);
    }
  }
}
