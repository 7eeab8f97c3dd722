package dev.coffer.tools.engine;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Memfd;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/**
 * The files this engine runs from: {@code ROOT/lib/coffer} with its jars and {@code build-id}, and
 * {@code ROOT/bin/coffer}, the launcher.
 */
public final class Installation {
  /** Names the launcher where the engine does not run from an installed tree. */
  static final String LAUNCHER = "COFFER_LAUNCHER";

  private static final String MODULE = "dev.coffer.tools";
  private static final long LOOK_AGAIN_NANOS = 500_000_000;

  private final Path jar;
  private final Path launcher;
  private final Optional<BuildId> buildId;
  private final Object stamp;
  private volatile long lookedAt = System.nanoTime();
  private Fd image;

  Installation(Path jar, Path launcher, Optional<BuildId> buildId) {
    this.jar = jar;
    this.launcher = launcher;
    this.buildId = buildId;
    this.stamp = stamp();
  }

  /** Finds out where the engine's own module was loaded from. */
  public static Installation probe() {
    Path module =
        ModuleLayer.boot()
            .configuration()
            .findModule(MODULE)
            .flatMap(found -> found.reference().location())
            .map(Path::of)
            .orElse(Path.of("/nonexistent"));
    String named = System.getenv(LAUNCHER);
    Path libraries = module.getParent();
    return new Installation(
        module,
        named != null ? Path.of(named) : libraries.resolve("../../bin/coffer").normalize(),
        BuildId.read(libraries.resolve("build-id")));
  }

  /** The launcher's file. */
  public Path launcher() {
    return launcher;
  }

  /** Empty where the engine does not know: then every launcher fits. */
  Optional<BuildId> buildId() {
    return buildId;
  }

  /** Whether other files have been installed in the place of those that this engine runs from. */
  boolean isReplaced() {
    long now = System.nanoTime();
    if (now - lookedAt < LOOK_AGAIN_NANOS) {
      return false;
    }
    lookedAt = now;
    Object current = stamp();
    // In the middle of an installation a file may be missing; the next look shows what came of it.
    return !current.equals(stamp) && !current.equals(List.of());
  }

  /**
   * The launcher in sealed memory, which no container can overwrite. It stays open; callers lend
   * it.
   */
  synchronized Fd launcherImage() {
    if (image == null) {
      try {
        image = Memfd.sealed("coffer", Files.readAllBytes(launcher));
      } catch (IOException e) {
        throw new CofferException(
            "Cannot read the launcher \"" + launcher + "\"",
            List.of("cause  " + e, "hint  " + LAUNCHER + " names it where it is elsewhere"));
      }
    }
    return image;
  }

  private Object stamp() {
    try {
      return List.of(stamp(jar), stamp(launcher));
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Object stamp(Path file) throws IOException {
    BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
    return List.of(String.valueOf(seen.fileKey()), seen.size(), seen.lastModifiedTime());
  }
}
