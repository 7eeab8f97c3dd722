package dev.coffer.plan;

import dev.coffer.model.Cgroups;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Origin;
import dev.coffer.model.SecureDefault;
import dev.coffer.model.Sourced;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which device rules hold: those of the configuration, and before them those of {@code
 * coffer.security = default}, so that one more device never opens all others. A rule about all
 * devices begins anew, and the default's would be undone by it.
 */
final class DeviceLimits {
  private static final String PREFIX = "devices.";

  private DeviceLimits() {}

  /**
   * The rules as values of cgroup files, in order.
   *
   * @param written all values of the configuration for that version of cgroups
   * @param hostsRoot whether root starts it, outside of every user namespace
   */
  static List<Sourced<Cgroups.Value>> of(
      List<Sourced<Cgroups.Value>> written, ContainerSpec spec, boolean hostsRoot) {
    List<Sourced<Cgroups.Value>> own = written.stream().filter(DeviceLimits::isRule).toList();
    // elsewhere the kernel keeps these rules to itself, and opens no node that was made there
    if (!hostsRoot
        || spec.privileges().secure().isEmpty()
        || own.stream().anyMatch(DeviceLimits::isAboutAll)) {
      return own;
    }
    List<Sourced<Cgroups.Value>> rules = usual(spec.privileges().secure().get());
    rules.addAll(own);
    return rules;
  }

  static boolean isRule(Sourced<Cgroups.Value> value) {
    return value.value().file().startsWith(PREFIX);
  }

  static boolean isAboutAll(Sourced<Cgroups.Value> value) {
    return value.value().value().strip().startsWith("a");
  }

  private static List<Sourced<Cgroups.Value>> usual(Origin origin) {
    List<Sourced<Cgroups.Value>> rules = new ArrayList<>();
    Stream.concat(
            Stream.of(new Cgroups.Value("devices.deny", "a")),
            SecureDefault.DEVICES.stream().map(rule -> new Cgroups.Value("devices.allow", rule)))
        .forEach(value -> rules.add(new Sourced<>(value, origin)));
    return rules;
  }
}
