package dev.coffer.config;

import dev.coffer.model.Sourced;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The assignments in effect, in the order they were made. */
final class Settings {
  private final List<Setting> inOrder = new ArrayList<>();

  /** The same by key, made when it is needed and emptied by every change. */
  private final Map<Key<?>, List<Setting>> byKey = new IdentityHashMap<>();

  /** Adds to a list key; replaces the value of any other key in its old place. */
  void put(Setting setting) {
    byKey.clear();
    if (!setting.key().row().list()) {
      for (int i = 0; i < inOrder.size(); i++) {
        if (inOrder.get(i).name().equals(setting.name())) {
          inOrder.set(i, setting);
          return;
        }
      }
    }
    inOrder.add(setting);
  }

  /** Whether anything was removed. */
  boolean removeIf(Predicate<Setting> condition) {
    byKey.clear();
    return inOrder.removeIf(condition);
  }

  List<Setting> all() {
    return List.copyOf(inOrder);
  }

  List<Setting> named(String name) {
    return inOrder.stream().filter(setting -> setting.name().equals(name)).toList();
  }

  List<Setting> of(Key<?> key) {
    if (byKey.isEmpty()) {
      inOrder.forEach(
          setting -> byKey.computeIfAbsent(setting.key(), any -> new ArrayList<>()).add(setting));
    }
    return byKey.getOrDefault(key, List.of());
  }

  /** The value of a key whose last line wins. */
  <T> Optional<Sourced<T>> one(Key<T> key) {
    List<Sourced<T>> values = each(key);
    return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
  }

  <T> T oneOr(Key<T> key, T otherwise) {
    return one(key).map(Sourced::value).orElse(otherwise);
  }

  /** As {@link #one}, with the built-in value where nothing was set. */
  <T> Sourced<T> sourcedOr(Key<T> key, T otherwise) {
    return one(key).orElseGet(() -> Sourced.builtIn(otherwise, key.row().name()));
  }

  /** The values of a key line by line. */
  <T> List<Sourced<T>> each(Key<T> key) {
    return of(key).stream()
        .map(setting -> new Sourced<>(key.valueOf(setting), setting.origin()))
        .toList();
  }

  /** As {@link #each}, for a key whose one line holds several values. */
  <T> List<Sourced<T>> flat(Key<List<T>> key) {
    List<Sourced<T>> flat = new ArrayList<>();
    for (Sourced<List<T>> line : each(key)) {
      line.value().forEach(value -> flat.add(new Sourced<>(value, line.origin())));
    }
    return flat;
  }
}
