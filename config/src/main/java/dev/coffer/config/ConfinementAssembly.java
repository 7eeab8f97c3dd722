package dev.coffer.config;

import dev.coffer.model.AppArmor;
import dev.coffer.model.Confinement;
import dev.coffer.model.Landlock;
import dev.coffer.model.Landlock.Access;
import dev.coffer.model.Landlock.PathRule;
import dev.coffer.model.Origin;
import dev.coffer.model.SeLinux;
import dev.coffer.model.Sourced;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Puts the settings about security modules together. */
final class ConfinementAssembly {
  private ConfinementAssembly() {}

  static Confinement of(Settings settings) {
    return new Confinement(appArmor(settings), seLinux(settings), landlock(settings));
  }

  private static AppArmor appArmor(Settings settings) {
    return new AppArmor(
        settings.one(ConfinementKeys.APPARMOR_PROFILE),
        whereSet(settings, ConfinementKeys.APPARMOR_REQUIRED),
        settings.oneOr(ConfinementKeys.APPARMOR_INCOMPLETE, false),
        whereSet(settings, ConfinementKeys.APPARMOR_NESTING),
        settings.each(ConfinementKeys.APPARMOR_RAW));
  }

  private static Optional<Origin> whereSet(Settings settings, Key<Boolean> key) {
    return settings.one(key).filter(Sourced::value).map(Sourced::origin);
  }

  private static SeLinux seLinux(Settings settings) {
    return new SeLinux(
        settings.one(ConfinementKeys.SELINUX_CONTEXT),
        settings.one(ConfinementKeys.SELINUX_KEYRING));
  }

  private static Landlock landlock(Settings settings) {
    List<Sourced<PathRule>> paths = new ArrayList<>();
    paths(settings, ConfinementKeys.LANDLOCK_READ, Access.READ, paths);
    paths(settings, ConfinementKeys.LANDLOCK_EXECUTE, Access.EXECUTE, paths);
    paths(settings, ConfinementKeys.LANDLOCK_WRITE, Access.WRITE, paths);
    return new Landlock(
        paths,
        union(settings.each(ConfinementKeys.LANDLOCK_CONNECT)),
        union(settings.each(ConfinementKeys.LANDLOCK_BIND)),
        union(settings.each(ConfinementKeys.LANDLOCK_SCOPE)),
        settings.oneOr(ConfinementKeys.LANDLOCK_INCOMPLETE, false));
  }

  private static void paths(
      Settings settings, Key<String> key, Access access, List<Sourced<PathRule>> paths) {
    for (Sourced<String> path : settings.each(key)) {
      paths.add(new Sourced<>(new PathRule(access, path.value()), path.origin()));
    }
  }

  private static <T> Optional<Sourced<Set<T>>> union(List<Sourced<Set<T>>> lines) {
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    Set<T> all = new LinkedHashSet<>();
    lines.forEach(line -> all.addAll(line.value()));
    return Optional.of(new Sourced<>(all, lines.getFirst().origin()));
  }
}
