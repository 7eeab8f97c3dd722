package dev.coffer.image;

import dev.coffer.linux.LockFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who is a clone of whom, in LXC's files: {@code lxc_snapshots} on the origin, {@code lxc_rdepends}
 * on the clone, both two lines (LXCPATH and name) for each container.
 */
final class Clones {
  private static final String OF_ORIGIN = "lxc_snapshots";
  private static final String OF_CLONE = "lxc_rdepends";

  private Clones() {}

  /** Whether others need the container. Ancient files hold a number instead. */
  static boolean exist(Path directory) {
    Path list = directory.resolve(OF_ORIGIN);
    try {
      String text = Files.readString(list).strip();
      return !text.isEmpty() && !text.equals("0");
    } catch (IOException e) {
      return Files.exists(list, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /**
   * Notes a clone. A clone of a clone needs all that its origin needs.
   *
   * @param itself whether the origin is needed, too
   */
  static void note(Path origin, Path clone, boolean itself) throws IOException {
    List<Pair> origins = new ArrayList<>(read(origin.resolve(OF_CLONE)));
    if (itself) {
      origins.add(Pair.of(origin));
    }
    write(clone.resolve(OF_CLONE), origins);
    for (Pair each : origins) {
      change(
          each.directory(),
          clones -> {
            clones.remove(Pair.of(clone));
            clones.add(Pair.of(clone));
          });
    }
  }

  /** Tells the origins of a clone that it is gone. */
  static void forget(Path lxcPath, String name) throws IOException {
    for (Pair origin : read(lxcPath.resolve(name).resolve(OF_CLONE))) {
      change(origin.directory(), clones -> clones.remove(new Pair(lxcPath.toString(), name)));
    }
  }

  /** One at a time: many clones of one origin may be made and deleted at once. */
  private static void change(Path origin, Consumer<List<Pair>> what) throws IOException {
    Path config = origin.resolve("config");
    if (!Files.exists(config)) {
      changeNow(origin, what); // nobody makes clones of what is no container
      return;
    }
    try (LockFile _ = LockFile.acquire(config, LockFile.Kind.WHOLE_FILE)) {
      changeNow(origin, what);
    }
  }

  private static void changeNow(Path origin, Consumer<List<Pair>> what) throws IOException {
    Path list = origin.resolve(OF_ORIGIN);
    List<Pair> before = read(list);
    List<Pair> after = new ArrayList<>(before);
    what.accept(after);
    if (!after.equals(before)) {
      write(list, after);
    }
  }

  private static List<Pair> read(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    List<String> lines = Files.readAllLines(file);
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i + 1 < lines.size(); i += 2) {
      pairs.add(new Pair(lines.get(i), lines.get(i + 1)));
    }
    return pairs;
  }

  private static void write(Path file, List<Pair> pairs) throws IOException {
    if (pairs.isEmpty()) {
      Files.delete(file);
      return;
    }
    StringBuilder text = new StringBuilder();
    pairs.forEach(
        pair -> text.append(pair.lxcPath()).append('\n').append(pair.name()).append('\n'));
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(whole, text);
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private record Pair(String lxcPath, String name) {
    static Pair of(Path directory) {
      return new Pair(directory.getParent().toString(), directory.getFileName().toString());
    }

    Path directory() {
      return Path.of(lxcPath, name);
    }
  }
}
