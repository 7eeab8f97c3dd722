package dev.coffer.config;

import dev.coffer.model.AutoMounts;
import dev.coffer.model.Capability;
import dev.coffer.model.KernelPaths;
import dev.coffer.model.Origin;
import dev.coffer.model.Seccomp;
import dev.coffer.model.SecureDefault;
import dev.coffer.model.Sourced;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code coffer.security = default} puts in the place of what a configuration leaves out, with
 * that line as its origin. What depends on the host or on how the container is started is not
 * decided here.
 */
final class SecureChoices {
  private final Settings settings;
  private final Optional<Origin> origin;

  SecureChoices(Settings settings) {
    this.settings = settings;
    this.origin =
        settings
            .one(SecurityKeys.SECURITY)
            .filter(choice -> choice.value().equals(SecurityKeys.DEFAULT))
            .map(Sourced::origin);
  }

  /** The line that asks for it; empty where LXC's meaning holds. */
  Optional<Origin> origin() {
    return origin;
  }

  /** Whether a start must have ids; without any it is refused unless it says {@code none}. */
  boolean automaticIds() {
    IdWish usual = origin.isPresent() ? IdWish.usual() : IdWish.NONE;
    return settings.oneOr(SecurityKeys.AUTO_IDMAP, usual).automatic();
  }

  /** Empty where the configuration says itself which capabilities there are. */
  Optional<List<Sourced<Capability>>> dropped() {
    boolean written =
        !settings.of(SecurityKeys.CAP_DROP).isEmpty()
            || !settings.of(SecurityKeys.CAP_KEEP).isEmpty();
    return written ? Optional.empty() : origin.map(line -> sourced(SecureDefault.DROPPED, line));
  }

  Optional<Sourced<String>> seccompProfile() {
    Optional<Sourced<String>> own = settings.one(SecurityKeys.SECCOMP_OWN);
    if (own.isPresent()) {
      return own.filter(policy -> !policy.value().equals(SecurityKeys.NONE))
          .map(policy -> new Sourced<>(ownPolicy(), policy.origin()));
    }
    return settings
        .one(SecurityKeys.SECCOMP_PROFILE)
        .or(() -> origin.map(line -> new Sourced<>(ownPolicy(), line)));
  }

  private String ownPolicy() {
    if (!settings.oneOr(SecurityKeys.NESTING, false)) {
      return Seccomp.DEFAULT_POLICY;
    }
    boolean ownIds = automaticIds() || !settings.of(SecurityKeys.IDMAP).isEmpty();
    return ownIds ? Seccomp.NESTING_POLICY : Seccomp.ROOT_NESTING_POLICY;
  }

  Optional<Sourced<AutoMounts>> autoMounts() {
    return origin.map(line -> new Sourced<>(SecureDefault.AUTO_MOUNTS, line));
  }

  KernelPaths kernelPaths() {
    return new KernelPaths(
        paths(StorageKeys.MASK, SecureDefault.MASKED),
        paths(StorageKeys.READ_ONLY, SecureDefault.READ_ONLY));
  }

  /**
   * Lines add to the default set, so that one more path never uncovers the others; {@code none}
   * undoes what stands before it.
   */
  private List<Sourced<String>> paths(Key<String> key, List<String> usual) {
    List<Sourced<String>> paths = new ArrayList<>();
    origin.ifPresent(line -> paths.addAll(sourced(usual, line)));
    for (Sourced<String> line : settings.each(key)) {
      switch (line.value()) {
        case SecurityKeys.NONE -> paths.clear();
        case SecurityKeys.DEFAULT -> add(paths, sourced(usual, line.origin()));
        default -> add(paths, List.of(line));
      }
    }
    return paths;
  }

  private static void add(List<Sourced<String>> paths, List<Sourced<String>> more) {
    for (Sourced<String> path : more) {
      if (paths.stream().noneMatch(there -> there.value().equals(path.value()))) {
        paths.add(path);
      }
    }
  }

  private static <T> List<Sourced<T>> sourced(List<T> values, Origin line) {
    return values.stream().map(value -> new Sourced<>(value, line)).toList();
  }
}
