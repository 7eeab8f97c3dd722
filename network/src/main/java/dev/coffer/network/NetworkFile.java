package dev.coffer.network;

import dev.coffer.model.CofferException;
import dev.coffer.network.BridgeNetwork.Family;
import dev.coffer.network.BridgeNetwork.Kind;
import dev.coffer.network.BridgeNetwork.Service;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A network in a file of Coffer's own, {@code key = value} in each line. The keys are those of
 * LXD's networks where it has one. Every key has a default, and all problems are told at once.
 */
final class NetworkFile {
  /** A network's name is its bridge's, and part of a table's name in the firewall. */
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,14}");

  private static final Pattern DOMAIN = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");
  private static final Pattern HARDWARE = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");
  private static final int MOST_LEASES = 65536;

  /** The least that IPv4 demands, and what a packet's length field allows. */
  private static final int LEAST_MTU = 68;

  private static final int MOST_MTU = 65535;

  private final Path file;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, Integer> lines = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private NetworkFile(Path file) {
    this.file = file;
  }

  /** A key, what is checked of its value, and what it means. */
  enum Key {
    IPV4_ADDRESS("ipv4.address", NetworkFile::ipv4),
    IPV4_NAT("ipv4.nat", NetworkFile::truth),
    IPV4_DHCP("ipv4.dhcp", NetworkFile::truth),
    IPV4_DHCP_RANGES("ipv4.dhcp.ranges", NetworkFile::range),
    IPV6_ADDRESS("ipv6.address", NetworkFile::ipv6),
    IPV6_NAT("ipv6.nat", NetworkFile::truth),
    DNS_DOMAIN("dns.domain", text -> matching(DOMAIN, text, "a domain")),
    BRIDGE_HWADDR(
        "bridge.hwaddr", text -> matching(HARDWARE, text, "an address like 02:00:00:00:00:01")),
    BRIDGE_MTU("bridge.mtu", NetworkFile::mtu),
    ISOLATED("isolated", NetworkFile::truth),
    DNSMASQ_CONF("dnsmasq.conf", NetworkFile::absolute);

    final String name;
    private final UnaryOperator<String> check;

    Key(String name, UnaryOperator<String> check) {
      this.name = name;
      this.check = check;
    }

    /** Whether there is a key of this name. */
    static Optional<Key> find(String name) {
      return Stream.of(values()).filter(key -> key.name.equals(name)).findFirst();
    }
  }

  /**
   * @throws CofferException where no network can have this name
   */
  static String checkName(String name) {
    if (!NAME.matcher(name).matches() || name.startsWith("vz-")) {
      throw new CofferException(
          "\"" + name + "\" cannot be the name of a network",
          List.of(
              "hint  small letters, digits and -, a letter first, at most 15; vz- begins the"
                  + " bridges of zones"));
    }
    return name;
  }

  /**
   * @param lxc whose folders are used
   * @throws CofferException with all problems
   */
  static BridgeNetwork parse(String name, String text, Path file, LxcNet lxc) {
    NetworkFile reading = new NetworkFile(file);
    reading.read(text);
    Optional<BridgeNetwork> network = reading.network(name, lxc);
    if (!reading.problems.isEmpty()) {
      throw new CofferException("cannot use the network " + name, reading.problems);
    }
    return network.orElseThrow();
  }

  /** The file of a new network. */
  static String text(Map<Key, String> settings) {
    StringBuilder text = new StringBuilder("# A network of Coffer's: docs/network-bridges.md\n");
    settings.forEach(
        (key, value) -> text.append(key.name).append(" = ").append(value).append('\n'));
    return text.toString();
  }

  private void read(String text) {
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank() || line.strip().startsWith("#")) {
        continue;
      }
      int equals = line.indexOf('=');
      String name = equals < 0 ? line.strip() : line.substring(0, equals).strip();
      Optional<Key> key = Key.find(name);
      if (equals < 0 || key.isEmpty()) {
        problem(
            number,
            equals < 0 ? "the line is not \"key = value\"" : "there is no key \"" + name + "\"");
        continue;
      }
      try {
        String value = line.substring(equals + 1).strip();
        values.put(name, value.isEmpty() ? "" : key.get().check.apply(value));
        lines.put(name, number);
      } catch (IllegalArgumentException e) {
        problem(number, name + ": " + e.getMessage());
      }
    }
  }

  private void problem(int line, String message) {
    problems.add("  " + file + ":" + line + "  " + message);
  }

  private Optional<BridgeNetwork> network(String name, LxcNet lxc) {
    boolean isolated = isTrue(Key.ISOLATED, false);
    Optional<Family> ipv4 = family(Key.IPV4_ADDRESS, Key.IPV4_NAT, isolated);
    Optional<Family> ipv6 = family(Key.IPV6_ADDRESS, Key.IPV6_NAT, isolated);
    for (Key nat : List.of(Key.IPV4_NAT, Key.IPV6_NAT)) {
      if (isolated && isTrue(nat, false)) {
        problem(lines.get(nat.name), nat.name + ": nothing leaves an isolated network");
      }
    }
    Optional<String> range = range(ipv4);
    return Optional.of(
        new BridgeNetwork(
            name,
            Kind.OWN,
            name,
            file,
            value(Key.BRIDGE_HWADDR),
            value(Key.BRIDGE_MTU)
                .map(Integer::parseInt)
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty()),
            ipv4,
            ipv6,
            new Service(range, MOST_LEASES, value(Key.DNSMASQ_CONF), value(Key.DNS_DOMAIN), true),
            isolated,
            Firewall.usual(),
            BridgeNetwork.Files.ofOwn(lxc.run(), lxc.varLib(), name)));
  }

  private Optional<Family> family(Key address, Key nat, boolean isolated) {
    return value(address)
        .map(Subnet::parse)
        .map(subnet -> new Family(subnet, subnet.network(), isTrue(nat, !isolated)));
  }

  /** All addresses but the network's, the bridge's and that for all. */
  private Optional<String> range(Optional<Family> ipv4) {
    if (ipv4.isEmpty() || !isTrue(Key.IPV4_DHCP, true)) {
      return Optional.empty();
    }
    Optional<String> given = value(Key.IPV4_DHCP_RANGES).map(range -> range.replace('-', ','));
    Subnet subnet = ipv4.get().address();
    if (given.isPresent()) {
      for (String end : given.get().split(",")) {
        if (!new Subnet(InetAddress.ofLiteral(end), subnet.prefix()).overlaps(subnet)) {
          problem(
              lines.get(Key.IPV4_DHCP_RANGES.name),
              end + " is not in " + subnet.network() + " of ipv4.address");
        }
      }
      return given;
    }
    boolean firstIsOurs = subnet.address().equals(subnet.host(1));
    InetAddress first = subnet.host(firstIsOurs ? 2 : 1);
    InetAddress last = subnet.host(subnet.size() - 2);
    return Optional.of(first.getHostAddress() + "," + last.getHostAddress());
  }

  private Optional<String> value(Key key) {
    return Optional.ofNullable(values.get(key.name)).filter(value -> !value.isEmpty());
  }

  private boolean isTrue(Key key, boolean otherwise) {
    return value(key).map("true"::equals).orElse(otherwise);
  }

  private static String truth(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("\"" + text + "\" is neither true nor false");
    }
    return text;
  }

  private static String ipv4(String text) {
    Subnet subnet = Subnet.parse(text);
    if (!subnet.isIpv4() || subnet.prefix() > 30) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not an IPv4 address with a prefix of at most 30");
    }
    return text;
  }

  private static String ipv6(String text) {
    Subnet subnet = Subnet.parse(text);
    if (subnet.isIpv4() || subnet.prefix() != Long.SIZE) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is not an IPv6 address with the prefix 64, which router"
              + " advertisements need");
    }
    return text;
  }

  private static String range(String text) {
    String[] ends = text.split("-");
    if (ends.length != 2) {
      throw new IllegalArgumentException("\"" + text + "\" is not FIRST-LAST");
    }
    for (String end : ends) {
      if (InetAddress.ofLiteral(end).getAddress().length != Integer.BYTES) {
        throw new IllegalArgumentException("\"" + end + "\" is not an IPv4 address");
      }
    }
    return text;
  }

  private static String mtu(String text) {
    int bytes = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    if (bytes < LEAST_MTU || bytes > MOST_MTU) {
      throw new IllegalArgumentException("\"" + text + "\" is not a number from 68 to 65535");
    }
    return text;
  }

  private static String absolute(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("\"" + text + "\" is not an absolute path");
    }
    return text;
  }

  private static String matching(Pattern pattern, String text, String what) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("\"" + text + "\" is not " + what);
    }
    return text;
  }
}
