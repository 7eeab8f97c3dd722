package dev.coffer.config;

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
              "web"));

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

  // The bridge is named after it, and interfaces have names of at most 15 characters.
  private static String zone(String text) throws BadValueException {
    if (!ZONE.matcher(text).matches()) {
      throw new BadValueException(
          "\"" + text + "\" is not the name of a zone", "letters, digits and -, at most 12");
    }
    return text;
  }
}
