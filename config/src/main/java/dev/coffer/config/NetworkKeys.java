package dev.coffer.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * Keys about network interfaces; their values stay text, in the one spelling the model documents.
 */
final class NetworkKeys {
  /** What all keys of interfaces begin with. */
  static final String PREFIX = "lxc.net.";

  /** The kind of an interface whose lxc.net.N.type was not given. */
  static final String DEFAULT_TYPE = "empty";

  private static final int LONGEST_NAME = 15;
  private static final String[] TYPES = {
    "veth", "macvlan", "ipvlan", "vlan", "phys", "empty", "none"
  };

  static final Key<String> TYPE =
      nic(
          "type",
          Types.oneOf("Invalid network type", TYPES),
          "kind of the interface; begins it anew",
          "veth");

  private static final List<Key<String>> SETTINGS =
      List.of(
          nic("script.up", Types.COMMAND, "run on the host when the interface is there", "/bin/up"),
          nic("script.down", Types.COMMAND, "run on the host when it goes", "/bin/down"),
          nic("flags", type("up", (text, reading) -> "up"), "up, to bring the interface up", "up"),
          nic("link", interfaceName(), "interface of the host it is attached to", "lxcbr0"),
          nic("name", interfaceName(), "name inside the container", "eth0"),
          nic(
              "hwaddr",
              type("MAC address", (text, reading) -> filled(text)),
              "MAC address; each x becomes a random digit",
              "00:16:3e:12:34:56"),
          nic("mtu", Types.TEXT, "largest packet", "1500"),
          list("ipv6.address", "IPv6 address with prefix", "fd00::2/64", NetworkKeys::ipv6)
              .formerly("lxc.network.ipv6"),
          nic(
              "ipv6.gateway",
              type("address, auto or dev", (text, reading) -> gateway6(text)),
              "IPv6 default route",
              "fd00::1"),
          list(
                  "ipv4.address",
                  "IPv4 address with prefix, and broadcast address",
                  "10.0.3.2/24",
                  NetworkKeys::ipv4)
              .formerly("lxc.network.ipv4"),
          nic(
              "ipv4.gateway",
              type("address, auto or dev", (text, reading) -> gateway4(text)),
              "IPv4 default route",
              "10.0.3.1"),
          nic("l2proxy", flag(), "1 answers for its addresses on the link", "1").unset("0"),
          mode("macvlan.mode", "private", "vepa", "bridge", "passthru"),
          mode("ipvlan.mode", "l3", "l3s", "l2"),
          mode("ipvlan.isolation", "bridge", "private", "vepa"),
          nic("vlan.id", number(0, 65535), "VLAN number", "5").unset("0"),
          mode("veth.mode", "bridge", "router"),
          nic("veth.pair", interfaceName(), "name on the host", "vethweb"),
          list("veth.ipv4.route", "route on the host", "10.1.0.0/24", NetworkKeys::route4),
          list("veth.ipv6.route", "route on the host", "fd01::/64", NetworkKeys::route6),
          nic(
                  "veth.vlan.id",
                  type(
                      "number or none",
                      (text, reading) ->
                          text.equals("none")
                              ? text
                              : String.valueOf(Numbers.parse(text, 0, 4094))),
                  "VLAN of untagged packets on the bridge",
                  "5")
              .unset("0"),
          list(
              "veth.vlan.tagged.id",
              "further VLAN on the bridge",
              "6",
              (text, reading) -> String.valueOf(Numbers.parse(text, 0, 4094))),
          nic("veth.n_rxqueues", number(1, Numbers.UINT_MAX), "receive queues", "4"),
          nic("veth.n_txqueues", number(1, Numbers.UINT_MAX), "transmit queues", "4"));

  static final Key<String> ONE =
      Key.group(PREFIX + "N", "empty, it removes that interface", members());
  static final Key<String> ALL =
      Key.group("lxc.net", "empty, it removes all interfaces", members()).formerly("lxc.network");

  private NetworkKeys() {}

  static List<Key<?>> all() {
    List<Key<?>> all = new ArrayList<>(List.of(ALL, ONE, TYPE));
    all.addAll(SETTINGS);
    all.addAll(OwnNicKeys.all());
    return all;
  }

  /** The keys that LXC has for an interface, except its type. */
  static List<Key<String>> settings() {
    return SETTINGS;
  }

  /** Whether it is about one interface, LXC's or Coffer's own, and not its type. */
  static boolean isSetting(Key<?> key) {
    return SETTINGS.contains(key) || OwnNicKeys.has(key);
  }

  /** Whether the full key {@code name} is about an interface. */
  static boolean isOfAny(String name) {
    return name.startsWith(PREFIX) || name.startsWith(OwnNicKeys.PREFIX);
  }

  /** Whether the full key {@code name} is about this one interface. */
  static boolean isOf(String index, String name) {
    return name.startsWith(PREFIX + index + ".")
        || name.startsWith(OwnNicKeys.PREFIX + index + ".");
  }

  /** {@code veth.pair} of {@code lxc.net.N.veth.pair}. */
  static String subkey(Key<?> key) {
    String prefix = OwnNicKeys.has(key) ? OwnNicKeys.PREFIX : PREFIX;
    return key.row().name().substring(prefix.length() + "N.".length());
  }

  /** The one type of interface that has this key; empty where all have it. */
  static Optional<String> onlyFor(Key<?> key) {
    String subkey = subkey(key);
    for (String type : TYPES) {
      if (subkey.startsWith(type + ".")) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  private static Key<?>[] members() {
    List<Key<?>> members = new ArrayList<>(List.of(TYPE));
    members.addAll(SETTINGS);
    members.addAll(OwnNicKeys.all());
    return members.toArray(Key<?>[]::new);
  }

  private static Key<String> nic(
      String subkey, ValueType<String> type, String description, String example) {
    return Key.single(PREFIX + "N." + subkey, type, description, example)
        .formerly("lxc.network." + subkey);
  }

  private static Key<String> mode(String subkey, String... words) {
    return nic(subkey, Types.oneOf("Invalid " + subkey, words), "mode of the interface", words[1])
        .unset(words[0]);
  }

  private static Key<String> list(
      String subkey, String description, String example, ValueType.Parser<String> parser) {
    // The broadcast address that may follow an IPv4 address is not printed.
    return Key.list(PREFIX + "N." + subkey, type(description, parser), description, example)
        .printedBy(values ->
            values.stream().map(value -> value.split(" ")[0]).collect(Collectors.joining("\n")));
  }

  private static ValueType<String> type(String form, ValueType.Parser<String> parser) {
    return ValueType.of(form, parser, text -> text);
  }

  private static ValueType<String> number(long min, long max) {
    return type("number", (text, reading) -> String.valueOf(Numbers.parse(text, min, max)));
  }

  private static ValueType<String> flag() {
    return type("0 or 1", (text, reading) -> Types.FLAG.parse(text, reading) ? "1" : "0");
  }

  private static ValueType<String> interfaceName() {
    return type(
        "interface",
        (text, reading) -> {
          if (text.length() <= LONGEST_NAME) {
            return text;
          }
          // LXC cuts it off and says nothing.
          String cut = text.substring(0, LONGEST_NAME);
          reading.warn(
              "\"" + text + "\" is too long for an interface; \"" + cut + "\" is used",
              "give at most " + LONGEST_NAME + " characters");
          return cut;
        });
  }

  /** Random digits for each x; the second digit keeps the address unicast. */
  static String filled(String template) {
    StringBuilder address = new StringBuilder(template);
    for (int i = 0; i < address.length(); i++) {
      if (address.charAt(i) == 'x' || address.charAt(i) == 'X') {
        int digit = ThreadLocalRandom.current().nextInt(16);
        address.setCharAt(i, Character.forDigit(i == 1 ? digit & 0xe : digit, 16));
      }
    }
    return address.toString();
  }

  private static String ipv4(String text, Reading reading) throws BadValueException {
    List<String> words = Types.split(text);
    String[] parts = words.getFirst().split("/", 2);
    byte[] address = Addresses.ipv4(parts[0]).orElseThrow(() -> invalid("ipv4 address", text));
    long prefix =
        parts.length > 1
            ? prefix(parts[1], 32, "ipv4 address", text)
            : Addresses.classPrefix(address);
    String canonical = parts[0] + "/" + prefix;
    if (words.size() == 1) {
      return canonical;
    }
    if (words.size() > 2 || Addresses.ipv4(words.get(1)).isEmpty()) {
      throw invalid("ipv4 broadcast address", text);
    }
    return canonical + " " + words.get(1);
  }

  private static String ipv6(String text, Reading reading) throws BadValueException {
    String[] parts = text.split("/", 2);
    String address =
        Addresses.ipv6(parts[0].strip()).orElseThrow(() -> invalid("ipv6 address", text));
    return address + "/" + (parts.length > 1 ? prefix(parts[1], 128, "ipv6 address", text) : 64);
  }

  private static String route4(String text, Reading reading) throws BadValueException {
    String[] parts = text.split("/", 2);
    if (parts.length < 2 || Addresses.ipv4(parts[0]).isEmpty()) {
      throw invalid("ipv4 route", text);
    }
    return parts[0] + "/" + prefix(parts[1], 32, "ipv4 route", text);
  }

  private static String route6(String text, Reading reading) throws BadValueException {
    String[] parts = text.split("/", 2);
    Optional<String> network = Addresses.ipv6(parts[0]);
    if (parts.length < 2 || network.isEmpty()) {
      throw invalid("ipv6 route", text);
    }
    return network.get() + "/" + prefix(parts[1], 128, "ipv6 route", text);
  }

  private static String gateway4(String text) throws BadValueException {
    if (isGatewayWord(text) || Addresses.ipv4(text).isPresent()) {
      return text;
    }
    throw invalid("ipv4 gateway address", text);
  }

  private static String gateway6(String text) throws BadValueException {
    if (isGatewayWord(text)) {
      return text;
    }
    return Addresses.ipv6(text).orElseThrow(() -> invalid("ipv6 gateway address", text));
  }

  private static boolean isGatewayWord(String text) {
    return text.equals("auto") || text.equals("dev");
  }

  private static long prefix(String prefix, int max, String what, String text)
      throws BadValueException {
    try {
      return Numbers.parse(prefix, 0, max);
    } catch (BadValueException e) {
      throw invalid(what, text);
    }
  }

  private static BadValueException invalid(String what, String text) {
    String example =
        switch (what.split(" ")[0].toLowerCase(Locale.ROOT) + what.contains("gateway")) {
          case "ipv4true" -> "write for instance 10.0.3.1, or auto, or dev";
          case "ipv6true" -> "write for instance fd00::1, or auto, or dev";
          case "ipv4false" -> "write for instance 10.0.3.0/24";
          default -> "write for instance fd00::1/64";
        };
    return new BadValueException("Invalid " + what + " \"" + text + "\"", example);
  }
}
