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
  private static final String ALLOW = PREFIX + "allow";
  private static final Cgroups.Value DENY_ALL = new Cgroups.Value(PREFIX + "deny", "a");

  /** null, tty, console, ptmx and the pseudo terminals. */
  private static final List<String> OPENED =
      List.of("c 1:3 rwm", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm");

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

  /**
   * Whether these rules name all that a start itself opens, and take nothing back. Rules that say
   * it in another way are merely not recognised.
   */
  static boolean leaveTerminals(List<Sourced<Cgroups.Value>> rules) {
    List<Cgroups.Value> values = rules.stream().map(Sourced::value).toList();
    return !values.isEmpty()
        && values.getFirst().equals(DENY_ALL)
        && values.stream().skip(1).allMatch(value -> value.file().equals(ALLOW))
        && OPENED.stream().allMatch(rule -> values.contains(new Cgroups.Value(ALLOW, rule)));
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
            Stream.of(DENY_ALL),
            SecureDefault.DEVICES.stream().map(rule -> new Cgroups.Value(ALLOW, rule)))
        .forEach(value -> rules.add(new Sourced<>(value, origin)));
    return rules;
  }
}
