package dev.coffer.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The values last used, up to a number of them. Safe for use by several threads. */
public final class Recent<K, V> {
  private final Map<K, V> values;

  /**
   * @param most how many are kept, 1 or more
   */
  public Recent(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("keeps nothing: " + most);
    }
    values =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
          }
        };
  }

  /** The value of a key, which thereby is the one last used. */
  public synchronized Optional<V> find(K key) {
    return Optional.ofNullable(values.get(key));
  }

  /** Keeps a value, and lets go of the one that was not used for longest. */
  public synchronized void keep(K key, V value) {
    values.put(key, value);
  }

  /** The value of a key; one that is not there is made, while others wait. */
  public synchronized V findOrMake(K key, Function<K, V> maker) {
    return values.computeIfAbsent(key, maker);
  }
}
