package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Nic;
import dev.coffer.model.PortForward;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.KeeperStep.RunNetworkProgram;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How pasta(1) and slirp4netns(1) are called. Both pass on what the container sends as the user's
 * own connections, and show the same network inside: {@value #ADDRESS}, gateway {@value #GATEWAY},
 * names by {@value #NAMES}. Neither lets the container reach what listens on the host's loopback.
 */
final class RootlessPrograms {
  private static final String ADDRESS = "10.0.2.100";
  private static final String PREFIX = "24";
  private static final String GATEWAY = "10.0.2.2";
  private static final String NAMES = "10.0.2.3";

  /**
   * slirp4netns stays in the foreground: run in the background, it is ready when it writes a 1, and
   * has noted who it is before. Its socket tells whose it is.
   */
  private static final String IN_BACKGROUND =
      "ready=$({ sh -c 'echo $$ >\"$1\" && shift && exec setsid \"$@\"' sh \"$@\""
          + " 3>&1 >/dev/null & }); test \"$ready\" = 1";

  private final ContainerSpec spec;
  private final NicNames names;
  private final UserNetwork ways;

  RootlessPrograms(ContainerSpec spec, NicNames names, UserNetwork ways) {
    this.spec = spec;
    this.names = names;
    this.ways = ways;
  }

  boolean available() {
    return ways.tun() && (ways.pasta().isPresent() || ways.slirp().isPresent());
  }

  /** Of the program that is taken. */
  String name() {
    return ways.pasta().isPresent() ? "pasta" : "slirp4netns";
  }

  String whyNot() {
    if (ways.pasta().isEmpty() && ways.slirp().isEmpty()) {
      return "there is neither pasta nor slirp4netns, which the packages passt and slirp4netns"
          + " bring";
    }
    return name() + " needs /dev/net/tun, which you may not open: chmod 666 /dev/net/tun";
  }

  RunNetworkProgram step(Nic nic, String why) {
    String pidFile =
        ways.folder()
            + "/"
            + NicNames.digest(spec.lxcPath() + "/" + spec.name() + "/" + nic.index())
            + ".pid";
    return new RunNetworkProgram(
        names.inside(nic),
        ways.pasta().isPresent() ? pasta(nic, pidFile) : slirp(nic, pidFile),
        "the host's network by " + name(),
        Optional.of(pidFile),
        why,
        "the host itself must have a default route; what it said may tell more",
        nic.type().origin());
  }

  private List<String> pasta(Nic nic, String pidFile) {
    List<String> argv = new ArrayList<>(List.of(ways.pasta().orElseThrow(), "--quiet"));
    if (nic.isUp()) {
      argv.add("--config-net");
    }
    argv.addAll(List.of("--ns-ifname", names.inside(nic)));
    String[] own = {ADDRESS, PREFIX};
    String gateway = GATEWAY;
    Optional<String> address = first(nic, "ipv4.address");
    if (address.isPresent()) {
      own = address.get().split("/");
      gateway =
          first(nic, "ipv4.gateway")
              .filter(RootlessPrograms::isAddress)
              .orElseGet(() -> lowest(address.get()));
    }
    argv.addAll(List.of("--address", own[0], "--netmask", own[1], "--gateway", gateway));
    first(nic, "ipv6.address")
        .ifPresent(ipv6 -> argv.addAll(List.of("--address", ipv6.split("/")[0])));
    first(nic, "ipv6.gateway")
        .filter(RootlessPrograms::isAddress)
        .ifPresent(ipv6 -> argv.addAll(List.of("--gateway", ipv6)));
    first(nic, "mtu").ifPresent(mtu -> argv.addAll(List.of("--mtu", mtu)));
    argv.addAll(List.of("--dns-forward", NAMES, "--dhcp-dns", "--no-map-gw"));
    argv.addAll(forwards(nic, "tcp", "--tcp-ports"));
    argv.addAll(forwards(nic, "udp", "--udp-ports"));
    argv.addAll(List.of("--tcp-ns", "none", "--udp-ns", "none"));
    argv.addAll(List.of("--pid", pidFile, RunNetworkProgram.PID));
    return argv;
  }

  /** The ports of the host that pasta listens on, {@code ADDRESS/FIRST-LAST:FIRST-LAST}. */
  private static List<String> forwards(Nic nic, String protocol, String option) {
    List<String> argv = new ArrayList<>();
    for (PortForward forward : forwards(nic)) {
      if (forward.protocol().equals(protocol)) {
        String at = forward.address().map(address -> address.getHostAddress() + "/").orElse("");
        int lastTarget = forward.last() + forward.shift();
        argv.add(option);
        argv.add(
            at
                + range(forward.first(), forward.last())
                + ":"
                + range(forward.target(), lastTarget));
      }
    }
    return argv.isEmpty() ? List.of(option, "none") : argv;
  }

  private static String range(int first, int last) {
    return first == last ? String.valueOf(first) : first + "-" + last;
  }

  private static List<PortForward> forwards(Nic nic) {
    Sourced<String> lines = nic.settings().get(PortPlanner.FORWARD);
    return lines == null || lines.value().isEmpty()
        ? List.of()
        : lines.value().lines().map(PortForward::parse).toList();
  }

  private List<String> slirp(Nic nic, String pidFile) {
    if (!forwards(nic).isEmpty()) {
      throw new CofferException(
          "slirp4netns cannot be told of ports on its command line",
          List.of(
              "from  " + nic.settings().get(PortPlanner.FORWARD).origin().describe(),
              "hint  install pasta, which the package passt brings: apt-get install passt"));
    }
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", IN_BACKGROUND, "sh", pidFile));
    argv.add(ways.slirp().orElseThrow());
    if (nic.isUp()) {
      argv.add("--configure");
    }
    argv.add("--mtu=" + first(nic, "mtu").orElse("65520"));
    argv.addAll(List.of("--disable-host-loopback", "--enable-ipv6", "--ready-fd=3"));
    argv.add("--api-socket=" + pidFile + ".api");
    argv.addAll(List.of(RunNetworkProgram.PID, names.inside(nic)));
    return argv;
  }

  private static boolean isAddress(String gateway) {
    return gateway.contains(".") || gateway.contains(":");
  }

  /** The first address of an IPv4 network that is not the given one. */
  private static String lowest(String address) {
    String[] parts = address.split("/");
    int own = ByteBuffer.wrap(InetAddress.ofLiteral(parts[0]).getAddress()).getInt();
    int prefix = Integer.parseInt(parts[1]);
    int network = prefix == 0 ? 0 : own & (-1 << (32 - prefix));
    int first = network + 1 == own ? network + 2 : network + 1;
    byte[] bytes = ByteBuffer.allocate(4).putInt(first).array();
    return (bytes[0] & 0xff)
        + "."
        + (bytes[1] & 0xff)
        + "."
        + (bytes[2] & 0xff)
        + "."
        + (bytes[3] & 0xff);
  }

  /** The first line and word of a setting. */
  private static Optional<String> first(Nic nic, String key) {
    return Optional.ofNullable(nic.settings().get(key))
        .map(Sourced::value)
        .filter(value -> !value.isEmpty())
        .map(value -> value.split("[\n ]")[0]);
  }
}
