package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.LockFile;
import dev.coffer.model.CofferException;
import dev.coffer.model.Origin;
import dev.coffer.plan.AutomaticIds;
import dev.coffer.plan.HostFacts.User;
import dev.coffer.plan.SubordinateIds;
import dev.coffer.plan.SubordinateIds.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The ranges of ids that containers with {@code coffer.idmap = auto} have: a file with a line for
 * each, {@code FIRST COUNT DIRECTORY}, locked while it is changed. A container keeps its range
 * until it is deleted, for its files belong to it.
 */
final class IdRanges {
  static final String KEY = "coffer.idmap";

  private static final String NESTING = "coffer.nesting";
  private static final String MAP = "lxc.idmap";
  private static final Path SYSTEM = Path.of("/var/lib/coffer/idmaps");

  private final Path file;
  private final User user;
  private final Predicate<Path> inUse;

  /**
   * @param inUse whether a container's directory, or what runs by its name, is still there
   */
  IdRanges(Path file, User user, Predicate<Path> inUse) {
    this.file = file;
    this.user = user;
    this.inUse = inUse;
  }

  /** Where a user's are noted. */
  static Path file(User user, Map<String, String> environment) {
    return user.isRoot()
        ? SYSTEM
        : Path.of(environment.getOrDefault("HOME", "/"), ".local/share/coffer/idmaps");
  }

  /**
   * Gives a configuration that asks for it the maps of the container's range, a new one if needed.
   */
  void assign(LxcConfig config, Path directory) {
    if (isWanted(config)) {
      int wanted = config.get(NESTING).filter("1"::equals).isPresent() ? 2 : 1;
      write(config, change(ranges -> keptOrNew(ranges, directory, wanted)));
    }
  }

  /** The same for a range that the container has already; without one nothing happens. */
  void recall(LxcConfig config, Path directory) {
    if (isWanted(config)) {
      Optional.ofNullable(read().get(directory)).ifPresent(range -> write(config, range));
    }
  }

  /** The container is gone. */
  void free(Path directory) {
    if (read().containsKey(directory)) {
      change(ranges -> ranges.remove(directory));
    }
  }

  private static boolean isWanted(LxcConfig config) {
    return config.get(KEY).filter("auto"::equals).isPresent() && config.values(MAP).isEmpty();
  }

  private void write(LxcConfig config, Range range) {
    Origin origin =
        Origin.option(
            KEY + " = auto: the first free range of " + ids().why() + ", noted in " + file);
    for (String kind : List.of("u", "g")) {
      config.set(MAP, kind + " 0 " + range.first() + " " + range.count(), origin);
    }
  }

  private Range keptOrNew(Map<Path, Range> ranges, Path directory, int wanted) {
    Range kept = ranges.get(directory);
    if (kept != null) {
      return kept;
    }
    Range fresh = choose(ranges, wanted);
    ranges.put(directory, fresh);
    return fresh;
  }

  private AutomaticIds ids() {
    return AutomaticIds.of(
            HostFiles.readIfThere(Path.of("/etc/subuid")).orElse(""),
            HostFiles.readIfThere(Path.of("/etc/subgid")).orElse(""),
            user.name(),
            user.uid())
        .within(
            SubordinateIds.mapped(HostFiles.readSmall(Path.of("/proc/self/uid_map"))),
            SubordinateIds.mapped(HostFiles.readSmall(Path.of("/proc/self/gid_map"))));
  }

  /**
   * @param wanted how often the usual number: containers inside have ids of their own, if there are
   *     enough
   */
  private Range choose(Map<Path, Range> ranges, int wanted) {
    ranges.keySet().removeIf(directory -> !inUse.test(directory));
    AutomaticIds ids = ids();
    List<Range> taken = List.copyOf(ranges.values());
    return ids.choose(taken, wanted * AutomaticIds.COUNT)
        .or(() -> ids.choose(taken, AutomaticIds.COUNT))
        .orElseThrow(() ->
            new CofferException(
                "no range of " + AutomaticIds.COUNT + " ids is left for another container",
                List.of(
                    "from  " + KEY + " = auto",
                    "why   " + ids.why() + " are taken by those that " + file + " lists",
                    "hint  add ids: usermod --add-subuids FIRST-LAST --add-subgids FIRST-LAST "
                        + user.name())));
  }

  private Range change(Function<Map<Path, Range>, Range> action) {
    try {
      Files.createDirectories(file.getParent());
      Path lockFile = file.resolveSibling("idmaps.lock");
      try (LockFile _ = LockFile.acquire(lockFile, LockFile.Kind.WHOLE_FILE)) {
        Map<Path, Range> ranges = read();
        Range result = action.apply(ranges);
        StringBuilder text = new StringBuilder();
        ranges.forEach((directory, range) ->
            text.append(range.first())
                .append(' ')
                .append(range.count())
                .append(' ')
                .append(directory)
                .append('\n'));
        Path written = file.resolveSibling("idmaps.new");
        Files.writeString(written, text);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        return result;
      }
    } catch (IOException e) {
      throw new CofferException("cannot note the ids of containers in " + file + ": " + e);
    }
  }

  private Map<Path, Range> read() {
    Map<Path, Range> ranges = new LinkedHashMap<>();
    HostFiles.readIfThere(file)
        .orElse("")
        .lines()
        .map(line -> line.split(" ", 3))
        .filter(fields -> fields.length == 3 && fields[2].startsWith("/"))
        .forEach(fields ->
            ranges.put(
                Path.of(fields[2]),
                new Range(Long.parseLong(fields[0]), Long.parseLong(fields[1]))));
    return ranges;
  }
}
