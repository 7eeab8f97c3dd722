package dev.coffer.network;

import dev.coffer.model.CofferException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Chooses the addresses of a new network. */
final class FreeSubnet {
  private static final int MOST = 255;

  private FreeSubnet() {}

  /**
   * The text of a network's file.
   *
   * @param settings values by the file's keys
   * @param taken networks of which none is to overlap with one that is chosen
   */
  static String complete(Map<String, String> settings, List<Subnet> taken) {
    Map<NetworkFile.Key, String> all = new EnumMap<>(NetworkFile.Key.class);
    settings.forEach((name, value) ->
        all.put(
            NetworkFile.Key.find(name)
                .orElseThrow(() -> new CofferException("there is no key \"" + name + "\"")),
            value));
    all.computeIfAbsent(NetworkFile.Key.IPV4_ADDRESS, _ -> find(taken).toString());
    return NetworkFile.text(all);
  }

  /** Beside LXC's 10.0.3.0/24. */
  static Subnet find(List<Subnet> taken) {
    for (int third = 4; third < MOST; third++) {
      Subnet candidate = Subnet.parse("10.0." + third + ".1/24");
      if (taken.stream().noneMatch(candidate::overlaps)) {
        return candidate;
      }
    }
    throw new CofferException(
        "no network of 10.0.0.0/16 is free", List.of("hint  give one: --subnet=ADDRESS/PREFIX"));
  }
}
