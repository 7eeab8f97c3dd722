package dev.coffer;

import java.util.List;
import java.util.Optional;

/**
 * A network interface for a running container.
 *
 * @param type as lxc.net.N.type has it
 * @param settings the other keys, in their order; lists have several
 * @param saved whether the container's configuration gets it, too
 */
public record InterfaceOptions(String type, List<Setting> settings, boolean saved) {
  /**
   * A key of the interface.
   *
   * @param subkey behind lxc.net.N, or Coffer's own behind coffer.net.N: {@code link}, {@code
   *     filter.mac}
   */
  public record Setting(String subkey, String value) {}

  public InterfaceOptions {
    settings = List.copyOf(settings);
  }

  /** The value of a key. */
  Optional<String> value(String subkey) {
    return settings.stream()
        .filter(setting -> setting.subkey().equals(subkey))
        .map(Setting::value)
        .findFirst();
  }
}
