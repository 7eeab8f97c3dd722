package dev.coffer;

import dev.coffer.config.IdWish;
import dev.coffer.config.LxcConfig;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.LockFile;
import dev.coffer.model.CofferException;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.plan.AutomaticIds;
import dev.coffer.plan.HostFacts.User;
import dev.coffer.plan.SubordinateIds;
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
   *
   * @param notices told when there are no ids to give, and the configuration does not insist on
   *     them
   */
  void assign(LxcConfig config, Path directory, Consumer<Problem> notices) {
    Optional<Long> count = config.get(KEY).flatMap(IdWish::of).flatMap(IdWish::count);
    if (count.filter(wanted -> isTooShort(config, directory, wanted)).isPresent()) {
      config.clear(MAP);
    }
    if (!isWanted(config)) {
      return;
    }
    if (!isDemanded(config) && !ids().isAny()) {
      Problem none = none(config);
      notices.accept(none);
      config.set(KEY, "none", none.origin());
      return;
    }
    boolean nests = config.get(NESTING).filter("1"::equals).isPresent();
    write(
        config,
        change(ranges ->
            count.isPresent()
                ? longEnough(ranges, directory, count.get())
                : keptOrNew(ranges, directory, nests ? 2 : 1)));
  }

  /** Whether the maps are those of the container's range, and that has become too short. */
  private boolean isTooShort(LxcConfig config, Path directory, long wanted) {
    Range kept = read().get(directory);
    return kept != null
        && kept.count() < wanted
        && config.origin(MAP).filter(origin -> origin.source().endsWith(noted())).isPresent();
  }

  private String noted() {
    return ", noted in " + file;
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

  /** The container has another directory. */
  void move(Path from, Path to) {
    if (read().containsKey(from)) {
      change(ranges -> ranges.put(to, ranges.remove(from)));
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
    return config.get(KEY).flatMap(IdWish::of).filter(IdWish::automatic).isPresent();
  }

  private void write(LxcConfig config, Range range) {
    String wish =
        isDemanded(config)
            ? KEY + " = " + config.get(KEY).orElse("")
            : SecureStart.KEY + " = default";
    Origin origin = Origin.option(wish + ": the first free range of " + ids().why() + noted());
    for (String kind : List.of("u", "g")) {
      config.set(MAP, kind + " 0 " + range.first() + " " + range.count(), origin);
    }
  }

  /**
   * @param wanted how often the usual number: containers inside have ids of their own, if there are
   *     enough
   */
  private Range keptOrNew(Map<Path, Range> ranges, Path directory, int wanted) {
    Range kept = ranges.get(directory);
    if (kept != null) {
      return kept;
    }
    List<Range> taken = taken(ranges, directory);
    AutomaticIds ids = ids();
    Range fresh =
        ids.choose(taken, wanted * AutomaticIds.COUNT)
            .or(() -> ids.choose(taken, AutomaticIds.COUNT))
            .orElseThrow(() -> noneLeft(ids, AutomaticIds.COUNT));
    ranges.put(directory, fresh);
    return fresh;
  }

  /** The files belong to the ids there are, so a range can grow, and does not move. */
  private Range longEnough(Map<Path, Range> ranges, Path directory, long count) {
    Range kept = ranges.get(directory);
    if (kept != null && kept.count() >= count) {
      return kept;
    }
    List<Range> taken = taken(ranges, directory);
    if (kept != null) {
      taken.remove(kept);
    }
    AutomaticIds ids = ids();
    Range range =
        kept == null
            ? ids.choose(taken, count).orElseThrow(() -> noneLeft(ids, count))
            : ids.lengthen(kept, taken, count).orElseThrow(() -> cannotGrow(kept, count));
    ranges.put(directory, range);
    return range;
  }

  private static CofferException cannotGrow(Range kept, long count) {
    return new CofferException(
        "the container's ids " + kept.describe() + " cannot become " + count,
        List.of(
            "from  " + KEY + " = auto " + count,
            "why   those behind them are not free, and its files belong to those it has",
            "hint  make the container anew with this line, or write a map: lxc.idmap"));
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

  private List<Range> taken(Map<Path, Range> ranges, Path directory) {
    ranges.keySet().removeIf(known -> !inUse.test(known));
    List<Range> taken = new ArrayList<>(ranges.values());
    taken.addAll(HandwrittenMaps.read(directory.getParent(), directory, System.getenv()));
    return taken;
  }

  private CofferException noneLeft(AutomaticIds ids, long count) {
    return new CofferException(
        "no range of " + count + " ids is left for another container",
        List.of(
            "from  " + KEY + " = auto" + (count == AutomaticIds.COUNT ? "" : " " + count),
            "why   "
                + ids.why()
                + " are taken by those that "
                + file
                + " lists, or by lxc.idmap lines of containers beside it",
            "hint  add ids: usermod --add-subuids FIRST-LAST --add-subgids FIRST-LAST "
                + user.name()));
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
