package dev.coffer.config;

import dev.coffer.model.Namespace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The table of keys of lxc.container.conf(5) and of Coffer's own. */
public final class LxcKeys {
  private static final Pattern INDEX = Pattern.compile("[0-9]{1,9}");
  private static final String LXC = "lxc.";
  private static final List<String> NAMESPACES =
      Arrays.stream(Namespace.values()).map(Namespace::file).toList();
  private static final int LONGEST_SLIP = 200;
  private static final List<Key<?>> KEYS =
      Stream.of(
              IdentityKeys.all(),
              SecurityKeys.all(),
              ConfinementKeys.all(),
              StorageKeys.all(),
              NamespaceKeys.all(),
              LimitKeys.all(),
              HookAndLogKeys.all(),
              NetworkKeys.all())
          .flatMap(List::stream)
          .toList();
  private static final Map<String, Key<?>> PLAIN = new HashMap<>();
  private static final Map<String, Key<?>> NIC = new HashMap<>();
  private static final Map<String, Key<?>> OWN_NIC = new LinkedHashMap<>();
  private static final Map<String, Key<?>> FAMILIES = new LinkedHashMap<>();

  static {
    for (Key<?> key : KEYS) {
      String name = key.row().name();
      if (!key.row().isFamily()) {
        PLAIN.put(name, key);
      } else if (name.startsWith(NetworkKeys.PREFIX + "N.")) {
        NIC.put(NetworkKeys.subkey(key), key);
      } else if (OwnNicKeys.has(key)) {
        OWN_NIC.put(NetworkKeys.subkey(key), key);
      } else if (key != NetworkKeys.ONE) {
        FAMILIES.put(prefix(key), key);
      }
    }
  }

  private LxcKeys() {}

  /** Every key, one row each. */
  public static List<KeyRow> table() {
    return KEYS.stream().map(Key::row).toList();
  }

  /** Whether a line with this key is accepted, in today's or a former spelling. */
  public static boolean isSupported(String key) {
    return find(key).isPresent() || FormerNames.today(key, 0).flatMap(LxcKeys::find).isPresent();
  }

  /** The key that was probably meant by {@code key}, which is not supported. */
  public static Optional<String> nearest(String key) {
    // Comparing takes the product of the lengths, and nobody misspells one word at such length.
    return key.length() > LONGEST_SLIP
        ? Optional.empty()
        : Nearest.of(key.toLowerCase(Locale.ROOT), candidates(key));
  }

  private static List<String> candidates(String key) {
    List<String> names = new ArrayList<>();
    KEYS.stream()
        .map(Key::row)
        .filter(row -> !row.isFamily())
        .map(KeyRow::name)
        .forEach(names::add);
    String[] words = key.split("\\.", 4);
    boolean numbered = words.length == 4 && INDEX.matcher(words[2]).matches();
    String number = (numbered ? words[2] : "0") + ".";
    NIC.keySet().forEach(subkey -> names.add(NetworkKeys.PREFIX + number + subkey));
    OWN_NIC.keySet().forEach(subkey -> names.add(OwnNicKeys.PREFIX + number + subkey));
    NAMESPACES.forEach(namespace -> names.add(prefix(NamespaceKeys.SHARE) + namespace));
    // lxc.cgrup.cpu.shares: the family is misspelt, the rest is the user's own.
    String[] parts = key.split("\\.", 3);
    if (parts.length == 3 && !parts[2].isEmpty()) {
      List<String> families =
          FAMILIES.values().stream()
              .filter(family -> family != NamespaceKeys.SHARE)
              .map(family -> prefix(family).split("\\.")[1])
              .toList();
      Nearest.of(parts[1], families).ifPresent(near -> names.add(LXC + near + "." + parts[2]));
    }
    return names;
  }

  /** The row for a full key in today's spelling. */
  static Optional<Found> find(String name) {
    Key<?> plain = PLAIN.get(name);
    if (plain != null) {
      return Optional.of(new Found(plain, name, ""));
    }
    if (name.startsWith(NetworkKeys.PREFIX)) {
      return findNic(NetworkKeys.PREFIX, NIC, name);
    }
    if (name.startsWith(OwnNicKeys.PREFIX)) {
      return findNic(OwnNicKeys.PREFIX, OWN_NIC, name);
    }
    // Families begin with two or three words: lxc.cgroup2., lxc.namespace.share.
    int dot = name.indexOf('.', LXC.length());
    while (dot > 0 && dot < name.length() - 1) {
      Key<?> family = FAMILIES.get(name.substring(0, dot + 1));
      if (family != null) {
        String argument = name.substring(dot + 1);
        boolean possible = family != NamespaceKeys.SHARE || NAMESPACES.contains(argument);
        return possible ? Optional.of(new Found(family, name, argument)) : Optional.empty();
      }
      dot = name.indexOf('.', dot + 1);
    }
    return Optional.empty();
  }

  private static Optional<Found> findNic(String prefix, Map<String, Key<?>> bySubkey, String name) {
    String[] parts = name.substring(prefix.length()).split("\\.", 2);
    if (!INDEX.matcher(parts[0]).matches()) {
      return Optional.empty();
    }
    String index = String.valueOf(Integer.parseInt(parts[0]));
    boolean whole = parts.length == 1 && prefix.equals(NetworkKeys.PREFIX);
    Key<?> key = whole ? NetworkKeys.ONE : bySubkey.get(parts[parts.length - 1]);
    String rest = whole ? "" : "." + parts[parts.length - 1];
    return Optional.ofNullable(key).map(found -> new Found(found, prefix + index + rest, index));
  }

  /** {@code lxc.cgroup.} of {@code lxc.cgroup.FILE}. */
  static String prefix(Key<?> family) {
    String name = family.row().name();
    return name.substring(0, name.lastIndexOf('.') + 1);
  }

  static List<Key<?>> keys() {
    return KEYS;
  }

  /**
   * A row and what a name says beyond it.
   *
   * @param name the full key in its one spelling
   * @param argument what stands at the row's word in capitals; empty for a plain key
   */
  record Found(Key<?> key, String name, String argument) {}
}
