package dev.coffer;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Memfd;
import dev.coffer.linux.Spawn;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The launcher of a program that has no engine: finds its file, and starts it as a child of this
 * process, from sealed memory, as the launcher's own client would (native/PROTOCOL.md, RUN).
 */
final class Launcher implements AutoCloseable {
  static final String PROPERTY = "coffer.launcher";
  static final String VARIABLE = "COFFER_LAUNCHER";

  private static final Path INSTALLED = Path.of("/usr/bin/coffer");
  private static final String NAME = "[coffer]";
  private static final String ROOM_FOR_TITLE = " ".repeat(255);
  private static final int CHANNEL = 3;
  private static final int STREAMS = 3;
  private static final List<String> FIXED =
      List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8");
  private static final Set<String> PASSED = Set.of("HOME", "XDG_RUNTIME_DIR");

  private final Path file;
  private final Fd image;

  private Launcher(Path file, Fd image) {
    this.file = file;
    this.image = image;
  }

  /** A started launcher and our end of its channel. */
  record Started(int pid, UnixSocket channel) {}

  /**
   * The launcher named by the system property {@code coffer.launcher} or the environment variable
   * {@code COFFER_LAUNCHER}; else the one of the tree that this class was loaded from, {@code
   * ROOT/bin/coffer} for {@code ROOT/lib/coffer/x.jar}; else /usr/bin/coffer.
   *
   * @throws CofferException if there is none
   */
  static Launcher find(Map<String, String> environment) {
    return of(locate(environment));
  }

  static Launcher of(Path file) {
    try {
      return new Launcher(file, Memfd.sealed("coffer", Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new CofferException("cannot read the launcher " + file, List.of("cause  " + e));
    }
  }

  private static Path locate(Map<String, String> environment) {
    Optional<String> named =
        Optional.ofNullable(System.getProperty(PROPERTY))
            .or(() -> Optional.ofNullable(environment.get(VARIABLE)))
            .filter(name -> !name.isEmpty());
    if (named.isPresent()) {
      return Path.of(named.get()).toAbsolutePath();
    }
    Set<Path> places = new LinkedHashSet<>();
    besideJar().ifPresent(places::add);
    places.add(INSTALLED);
    return places.stream()
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(() -> notFound(places));
  }

  private static CofferException notFound(Set<Path> places) {
    List<String> details = new ArrayList<>();
    places.forEach(place -> details.add("tried " + place));
    details.add("hint  name it with -D" + PROPERTY + "=FILE or " + VARIABLE + "=FILE");
    return new CofferException("cannot find the launcher, the program \"coffer\"", details);
  }

  private static Optional<Path> besideJar() {
    CodeSource source = Launcher.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return Optional.empty();
    }
    try {
      URI jar = source.getLocation().toURI();
      return jar.getScheme().equals("file")
          ? Optional.of(Path.of(jar).resolveSibling("../../bin/coffer").normalize())
          : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  Path file() {
    return file;
  }

  /**
   * Starts it.
   *
   * @param foreground with our streams, directory and session; otherwise in a session of its own
   *     that outlives us
   */
  Started start(boolean foreground, Map<String, String> environment) {
    return start(spawn -> foreground ? inFront(spawn) : detached(spawn), environment);
  }

  /**
   * Starts it in a session of its own, with these streams.
   *
   * @param streams by their numbers; lent until this returns
   */
  Started start(Map<Integer, Fd> streams) {
    return start(
        spawn -> {
          Spawn result = detached(spawn);
          for (Map.Entry<Integer, Fd> stream : streams.entrySet()) {
            result = result.withFd(stream.getKey(), stream.getValue());
          }
          return result;
        },
        Map.of());
  }

  private Started start(UnaryOperator<Spawn> place, Map<String, String> environment) {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket theirs = pair[1]) {
      Spawn spawn =
          Spawn.of(List.of(NAME, ROOM_FOR_TITLE))
              .withProgram(imagePath())
              .withEnvironment(plain(environment))
              .withFd(CHANNEL, theirs.fd());
      return new Started(place.apply(spawn).start(), pair[0]);
    } catch (RuntimeException e) {
      pair[0].close();
      throw e;
    }
  }

  private static Spawn detached(Spawn spawn) {
    return spawn.withDirectory(Path.of("/")).inNewSession();
  }

  private static Spawn inFront(Spawn spawn) {
    Spawn result = spawn;
    for (int number = 0; number < STREAMS; number++) {
      Optional<Fd> stream = ProcessCaller.ownStream(number);
      if (stream.isPresent()) {
        result = result.withFd(number, stream.get());
      }
    }
    return result;
  }

  /** Seen from the child, whose own descriptors are closed before it executes. */
  private String imagePath() {
    return "/proc/" + ProcessHandle.current().pid() + "/fd/" + image.number();
  }

  private static List<String> plain(Map<String, String> environment) {
    List<String> lines = new ArrayList<>(FIXED);
    environment.forEach((name, value) -> {
      if (PASSED.contains(name) || name.startsWith("COFFER_")) {
        lines.add(name + "=" + value);
      }
    });
    return lines;
  }

  @Override
  public void close() {
    image.close();
  }
}
