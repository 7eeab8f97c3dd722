package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.linux.FileStamp;
import dev.coffer.model.Problem;
import dev.coffer.model.Seccomp;
import dev.coffer.runtime.Caller;
import dev.coffer.runtime.Recent;
import dev.coffer.runtime.StartOrder;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Orders of earlier starts. One serves again for the same container and options while every file it
 * was made from is as it was; the order being the same object, its plan and program serve again
 * too.
 */
final class KnownOrders {
  private static final int MOST = 64;

  /** Longer than a tick of any kernel's clock: files changed since then may change unseen. */
  private static final long UNREST_MILLIS = 100;

  /** What a start asks for. */
  record Wish(Path lxcPath, String name, StartOptions options) {}

  /** An order and what is worth saying about it. */
  record Answer(StartOrder order, List<Problem> notices) {}

  /** A new one and the configuration it comes from. */
  record Made(Answer answer, LxcConfig config) {}

  private record Known(Answer answer, Map<Path, FileStamp> files) {
    boolean holds(Caller caller) {
      boolean filtered = answer.order().filter().isPresent() && Processes.isFiltered(caller.pid());
      return !filtered
          && files.entrySet().stream()
              .allMatch(file ->
                  FileStamp.read(file.getKey()).filter(file.getValue()::equals).isPresent());
    }
  }

  private final Recent<Wish, Known> known = new Recent<>(MOST);

  /** The order for a wish, new or known. */
  Answer order(Wish wish, Caller caller, Supplier<Made> maker) {
    Optional<Known> earlier = known.find(wish);
    if (earlier.isPresent() && earlier.get().holds(caller)) {
      return earlier.get().answer();
    }
    long began = System.currentTimeMillis();
    Made made = maker.get();
    files(made, began - UNREST_MILLIS)
        .ifPresent(files -> known.keep(wish, new Known(made.answer(), files)));
    return made.answer();
  }

  /** Stamps of all it was made from; empty where more than files at rest went into it. */
  private static Optional<Map<Path, FileStamp>> files(Made made, long restingSince) {
    var spec = made.answer().order().request().spec();
    if (made.config().sources().isEmpty() || !spec.namespaces().share().isEmpty()) {
      return Optional.empty();
    }
    Set<Path> paths = new LinkedHashSet<>(made.config().sources().get());
    spec.mounts().fstab().ifPresent(fstab -> paths.add(Path.of(fstab.value())));
    if (spec.privileges().secure().isPresent()) { // the root's owner decides whether it is mapped
      spec.rootfs().path().ifPresent(root -> paths.add(Path.of(root.value())));
    }
    Seccomp seccomp = spec.privileges().seccomp();
    boolean filtered = seccomp.profile().isPresent() || seccomp.intercepts().isPresent();
    if (filtered && made.answer().order().filter().isEmpty()) { // a matter of the caller
      return Optional.empty();
    }
    if (seccomp.profile().isPresent()) {
      String profile = seccomp.profile().get().value();
      if (!profile.equals(Seccomp.DEFAULT_POLICY)) {
        paths.add(Path.of(profile));
      }
    }
    if (!paths.stream().allMatch(Path::isAbsolute)) {
      return Optional.empty();
    }
    Map<Path, Optional<FileStamp>> stamps =
        paths.stream().collect(Collectors.toMap(Function.identity(), FileStamp::read));
    boolean resting =
        stamps.values().stream()
            .allMatch(stamp -> stamp.filter(s -> s.changedBefore(restingSince)).isPresent());
    return resting
        ? Optional.of(
            stamps.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, file -> file.getValue().get())))
        : Optional.empty();
  }
}
