package dev.coffer.junit;

import dev.coffer.Coffer;
import dev.coffer.Container;
import dev.coffer.CreateOptions;
import dev.coffer.DestroyOptions;
import dev.coffer.StartOptions;
import dev.coffer.StoreOptions;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Makes and deletes the containers of one JVM, in a directory whose name has its process id: so
 * what it leaves when it is killed is found by the next one.
 */
final class Workshop implements AutoCloseable {
  private static final String PREFIX = "coffer-junit-";

  private final Coffer coffer;
  private final Path lxcPath;
  private final AtomicInteger made = new AtomicInteger();

  private Workshop(Coffer coffer, Path lxcPath) {
    this.coffer = coffer;
    this.lxcPath = lxcPath;
  }

  /**
   * @param parent where the directory is made
   * @throws CofferException where there can be no containers
   */
  static Workshop open(Path parent) {
    Coffer coffer = Coffer.open(_ -> {});
    try {
      sweep(coffer, parent);
      Path lxcPath =
          Files.createTempDirectory(
              parent,
              PREFIX + ProcessHandle.current().pid() + "-",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
      return new Workshop(coffer, lxcPath);
    } catch (IOException e) {
      coffer.close();
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes what JVMs left that are no more. */
  private static void sweep(Coffer coffer, Path parent) throws IOException {
    for (Path left : directories(parent)) {
      if (owner(left).flatMap(ProcessHandle::of).isEmpty() && isOurs(left)) {
        coffer.containers(left).forEach(Workshop::delete);
        Files.deleteIfExists(left);
      }
    }
  }

  private static List<Path> directories(Path parent) throws IOException {
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.filter(entry -> entry.getFileName().toString().startsWith(PREFIX)).toList();
    }
  }

  static Optional<Long> owner(Path directory) {
    String rest = directory.getFileName().toString().substring(PREFIX.length());
    try {
      return Optional.of(Long.parseLong(rest.substring(0, Math.max(0, rest.indexOf('-')))));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /** Anybody may make a directory of such a name in /tmp. */
  private static boolean isOurs(Path directory) throws IOException {
    Path mine = Path.of("/proc/self");
    return owner(directory).isPresent()
        && Files.isDirectory(directory, java.nio.file.LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(directory, java.nio.file.LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getOwner(mine));
  }

  /** A running one. */
  TestContainer make(Contained wish) {
    String name = "test" + made.incrementAndGet();
    Container container = coffer.container(name, lxcPath);
    try {
      container.create(
          new CreateOptions(
              wish.template(),
              Optional.empty(),
              StoreOptions.DIRECTORY,
              List.of(wish.templateArguments())));
      Files.write(
          lxcPath.resolve(name).resolve("config"), lines(wish.config()), StandardOpenOption.APPEND);
      container.start(StartOptions.DETACHED);
      return new TestContainer(container, lxcPath.resolve(name));
    } catch (IOException e) {
      delete(container);
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      delete(container);
      throw e;
    }
  }

  static List<String> lines(String... config) {
    List<String> lines = new ArrayList<>();
    if (Stream.of(config).noneMatch(line -> line.strip().startsWith("lxc.net."))) {
      lines.addAll(List.of("lxc.net =", "lxc.net.0.type = empty", "lxc.net.0.flags = up"));
    }
    lines.addAll(List.of(config));
    return lines;
  }

  static void delete(Container container) {
    if (container.isDefined()) {
      container.destroy(new DestroyOptions(true, true));
    }
  }

  @Override
  public void close() {
    try {
      coffer.containers(lxcPath).forEach(Workshop::delete);
      Files.deleteIfExists(lxcPath);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      coffer.close();
    }
  }
}
