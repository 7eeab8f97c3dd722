package dev.coffer.config;

import dev.coffer.model.BitRate;
import dev.coffer.model.PortForward;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Coffer's own keys about network interfaces, {@code coffer.net.N.X}: LXC passes over them, and
 * {@code X} stands beside LXC's subkeys in the model. They belong to an interface that lxc.net.N
 * began, and go with it.
 */
final class OwnNicKeys {
  /** What all of them begin with. */
  static final String PREFIX = "coffer.net.";

  private static final Pattern WHOLE = Pattern.compile("coffer\\.net\\.([0-9]{1,9})");
  private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9-]{1,12}");

  private static final List<Key<String>> ALL =
      List.of(
          own(
              "zone",
              ValueType.of("name", (text, reading) -> zone(text), text -> text),
              "private bridge it shares with the other containers of the zone",
              "web"),
          flag("filter.mac", "1 lets only frames from its own MAC address out"),
          flag("filter.ipv4", "1 lets only IPv4 packets and ARP from its own addresses out"),
          flag("filter.ipv6", "1 lets only IPv6 packets from its own addresses out"),
          flag("isolated", "1 keeps it from other isolated interfaces of its bridge"),
          rate("limits.ingress", "bits a second that it receives at most"),
          rate("limits.egress", "bits a second that it sends at most"),
          rate("limits.max", "both limits.ingress and limits.egress"),
          Key.list(
              PREFIX + "N.forward",
              ValueType.of(
                  "[tcp|udp:][ADDRESS:]PORT[-PORT][:PORT]",
                  (text, reading) -> forward(text),
                  text -> text),
              "ports of the host that lead to the container's",
              "tcp:8080:80"));

  private OwnNicKeys() {}

  static List<Key<String>> all() {
    return ALL;
  }

  static List<String> subkeys() {
    return ALL.stream().map(NetworkKeys::subkey).toList();
  }

  /** {@code 0} of {@code coffer.net.0}; empty for any other text. */
  static Optional<String> index(String base) {
    Matcher whole = WHOLE.matcher(base);
    return whole.matches() ? Optional.of(whole.group(1)) : Optional.empty();
  }

  static boolean has(Key<?> key) {
    return key.row().name().startsWith(PREFIX);
  }

  private static Key<String> own(
      String subkey, ValueType<String> type, String description, String example) {
    return Key.single(PREFIX + "N." + subkey, type, description, example);
  }

  private static Key<String> flag(String subkey, String description) {
    return own(
            subkey,
            ValueType.of(
                "0 or 1",
                (text, reading) -> Types.FLAG.parse(text, reading) ? "1" : "0",
                text -> text),
            description,
            "1")
        .unset("0");
  }

  private static Key<String> rate(String subkey, String description) {
    return own(
        subkey,
        ValueType.of("bits a second", (text, reading) -> rate(text), text -> text),
        description,
        "10Mbit");
  }

  private static String rate(String text) throws BadValueException {
    if (BitRate.parse(text).isEmpty()) {
      throw new BadValueException(
          "\"" + text + "\" is not a rate", "write for instance 10Mbit, 512kbit or 1Gibit");
    }
    return text;
  }

  private static String forward(String text) throws BadValueException {
    try {
      PortForward.parse(text);
      return text;
    } catch (IllegalArgumentException e) {
      throw new BadValueException(
          "\"" + text + "\" forwards nothing: " + e.getMessage(),
          "write [tcp|udp:][ADDRESS:]PORT[-PORT][:PORT], for instance 8080:80");
    }
  }

  // The bridge is named after it, and interfaces have names of at most 15 characters.
  private static String zone(String text) throws BadValueException {
    if (!ZONE.matcher(text).matches()) {
      throw new BadValueException(
          "\"" + text + "\" is not the name of a zone", "letters, digits and -, at most 12");
    }
    return text;
  }
}
