package dev.coffer.network;

import dev.coffer.linux.CommandOutput;
import dev.coffer.linux.Programs;
import dev.coffer.model.CofferException;
import dev.coffer.network.BridgeNetwork.Family;
import dev.coffer.network.BridgeNetwork.Kind;
import dev.coffer.network.BridgeNetwork.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code /etc/default/lxc-net}: what LXC's script of this name reads, by the same means. It is
 * shell text, so a shell is asked for what comes of it.
 *
 * @param enabled USE_LXC_BRIDGE
 * @param files those that were read
 */
record LxcNet(boolean enabled, BridgeNetwork network, Path run, Path varLib, List<Path> files) {
  /** LXC_BRIDGE where nothing else is said. */
  static final String USUAL_BRIDGE = "lxcbr0";

  private static final Path DEFAULTS = Path.of("/etc/default");

  /** The variables with the values they have when no file sets them. */
  private static final Map<String, String> VARIABLES = variables();

  private static final String SCRIPT =
      """
      for file in "$@"; do [ ! -f "$file" ] || . "$file"; done
      for name in %s; do eval "printf '%%s=%%s\\n' $name \\"\\$$name\\""; done
      """;

  private static Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String line :
        """
        USE_LXC_BRIDGE=true
        LXC_BRIDGE=lxcbr0
        LXC_BRIDGE_MAC=00:16:3e:00:00:00
        LXC_ADDR=10.0.3.1
        LXC_NETMASK=255.255.255.0
        LXC_NETWORK=10.0.3.0/24
        LXC_DHCP_RANGE=10.0.3.2,10.0.3.254
        LXC_DHCP_MAX=253
        LXC_DHCP_CONFILE=
        LXC_DHCP_PING=true
        LXC_DOMAIN=
        LXC_USE_NFT=true
        LXC_IPV6_ADDR=
        LXC_IPV6_MASK=
        LXC_IPV6_NETWORK=
        LXC_IPV6_NAT=false
        varrun=/run/lxc
        varlib=/var/lib
        """
            .lines()
            .toList()) {
      variables.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
    }
    return variables;
  }

  /** The files that count: {@code lxc} comes first, and in Debian it reads {@code lxc-net}. */
  static List<Path> files(Optional<Path> given) {
    return given
        .map(List::of)
        .orElseGet(() -> List.of(DEFAULTS.resolve("lxc"), DEFAULTS.resolve("lxc-net")));
  }

  /** What holds where the files say nothing. */
  static LxcNet unset() {
    return of(VARIABLES, DEFAULTS.resolve("lxc-net"), List.of());
  }

  /**
   * @throws CofferException where they cannot be read or say what cannot be
   */
  static LxcNet read(List<Path> files) {
    boolean isThere = files.stream().anyMatch(Files::exists);
    Map<String, String> values = isThere ? evaluate(files) : VARIABLES;
    Path source = files.getLast();
    try {
      return of(values, source, files);
    } catch (IllegalArgumentException e) {
      throw new CofferException(
          "cannot use " + source + ": " + e.getMessage(),
          List.of("hint  correct it; lxc-net's variables are in docs/network-bridges.md"));
    }
  }

  private static Map<String, String> evaluate(List<Path> files) {
    List<String> argv = new ArrayList<>();
    argv.add(Programs.find("sh").map(Path::toString).orElse("/bin/sh"));
    argv.add("-c");
    argv.add(SCRIPT.formatted(String.join(" ", VARIABLES.keySet())));
    argv.add("lxc-net");
    files.forEach(file -> argv.add(file.toString()));
    List<String> environment = new ArrayList<>();
    VARIABLES.forEach((name, value) -> environment.add(name + "=" + value));
    environment.add("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
    CommandOutput said = CommandOutput.of(argv, environment);
    if (said.status().shellCode() != 0) {
      throw new CofferException(
          "cannot read " + files.getLast() + ": " + said.complaints(),
          List.of("hint  it is read by /bin/sh: try \"sh -n " + files.getLast() + "\""));
    }
    Map<String, String> values = new LinkedHashMap<>(VARIABLES);
    for (String line : said.output().lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.replace(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return values;
  }

  /**
   * @throws IllegalArgumentException for values that are malformed
   */
  static LxcNet of(Map<String, String> values, Path source, List<Path> files) {
    String bridge = InterfaceName.check(values.get("LXC_BRIDGE"));
    Path run = Path.of(values.get("varrun"));
    Path varLib = Path.of(values.get("varlib"));
    BridgeNetwork network =
        new BridgeNetwork(
            bridge,
            Kind.LXC_NET,
            bridge,
            source,
            filled(values, "LXC_BRIDGE_MAC"),
            OptionalInt.empty(),
            Optional.of(
                new Family(
                    Subnet.parse(values.get("LXC_ADDR"), values.get("LXC_NETMASK")),
                    Subnet.parse(values.get("LXC_NETWORK")),
                    true)),
            ipv6(values),
            new Service(
                filled(values, "LXC_DHCP_RANGE"),
                Integer.parseInt(values.get("LXC_DHCP_MAX")),
                filled(values, "LXC_DHCP_CONFILE"),
                filled(values, "LXC_DOMAIN"),
                !values.get("LXC_DHCP_PING").equals("false")),
            false,
            values.get("LXC_USE_NFT").equals("false")
                ? BridgeNetwork.Rules.IPTABLES
                : Firewall.usual(),
            BridgeNetwork.Files.ofLxc(run, varLib, bridge));
    return new LxcNet(values.get("USE_LXC_BRIDGE").equals("true"), network, run, varLib, files);
  }

  private static Optional<Family> ipv6(Map<String, String> values) {
    Optional<String> address = filled(values, "LXC_IPV6_ADDR");
    Optional<String> mask = filled(values, "LXC_IPV6_MASK");
    Optional<String> network = filled(values, "LXC_IPV6_NETWORK");
    if (address.isEmpty() || mask.isEmpty() || network.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Family(
            Subnet.parse(address.get(), mask.get()),
            Subnet.parse(network.get()),
            values.get("LXC_IPV6_NAT").equals("true")));
  }

  private static Optional<String> filled(Map<String, String> values, String name) {
    return Optional.of(values.get(name)).filter(value -> !value.isBlank());
  }
}
