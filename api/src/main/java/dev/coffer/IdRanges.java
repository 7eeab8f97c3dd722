package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.LockFile;
import dev.coffer.model.CofferException;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.plan.AutomaticIds;
import dev.coffer.plan.HostFacts.User;
import dev.coffer.plan.SubordinateIds.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The ranges of ids that containers with {@code coffer.idmap = auto} have: a file with a line for
 * each, {@code FIRST COUNT DIRECTORY}, locked while it is changed. A container keeps its range
 * until it is deleted, for its files belong to it.
 */
final class IdRanges {
  static final String KEY = "coffer.idmap";

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
   *
   * @param notices told when there are no ids to give, and the configuration does not insist on
   *     them
   */
  void assign(LxcConfig config, Path directory, Consumer<Problem> notices) {
    if (!isWanted(config)) {
      return;
    }
    if (!isDemanded(config) && !ids().isAny()) {
      Problem none = none(config);
      notices.accept(none);
      config.set(KEY, "none", none.origin());
      return;
    }
    write(config, change(ranges -> keptOrNew(ranges, directory)));
  }

  private Problem none(LxcConfig config) {
    String remedy =
        user.isRoot()
            ? "give the system this runs in more ids: at least "
                + AutomaticIds.COUNT
                + " besides its own"
            : "as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
                + user.name();
    return Problem.warning(
        config.origin(SecureStart.KEY).orElse(Origin.builtIn(SecureStart.KEY)),
        "there are no ids to give the container: it goes without an id map",
        remedy + "; coffer.idmap = none if that is meant");
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

  /** Whether the configuration names no ids but wants some. */
  private static boolean isWanted(LxcConfig config) {
    boolean bySecurity = SecureStart.isWanted(config) && config.values(KEY).isEmpty();
    return (isDemanded(config) || bySecurity) && config.values(MAP).isEmpty();
  }

  /** Whether it says so itself, and is not content with none. */
  static boolean isDemanded(LxcConfig config) {
    return config.get(KEY).filter("auto"::equals).isPresent();
  }

  private void write(LxcConfig config, Range range) {
    String wish = isDemanded(config) ? KEY + " = auto" : SecureStart.KEY + " = default";
    Origin origin =
        Origin.option(wish + ": the first free range of " + ids().why() + ", noted in " + file);
    for (String kind : List.of("u", "g")) {
      config.set(MAP, kind + " 0 " + range.first() + " " + range.count(), origin);
    }
  }

  private Range keptOrNew(Map<Path, Range> ranges, Path directory) {
    Range kept = ranges.get(directory);
    if (kept != null) {
      return kept;
    }
    Range fresh = choose(ranges, directory);
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
            HostFiles.readSmall(Path.of("/proc/self/uid_map")),
            HostFiles.readSmall(Path.of("/proc/self/gid_map")));
  }

  private Range choose(Map<Path, Range> ranges, Path wanted) {
    ranges.keySet().removeIf(directory -> !inUse.test(directory));
    List<Range> taken = new ArrayList<>(ranges.values());
    taken.addAll(HandwrittenMaps.read(wanted.getParent(), wanted, System.getenv()));
    AutomaticIds ids = ids();
    return ids.choose(taken)
        .orElseThrow(() ->
            new CofferException(
                "no range of " + AutomaticIds.COUNT + " ids is left for another container",
                List.of(
                    "from  " + KEY + " = auto",
                    "why   "
                        + ids.why()
                        + " are taken by those that "
                        + file
                        + " lists, or by lxc.idmap lines of containers beside it",
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
