package dev.coffer.network;

import dev.coffer.linux.Errno;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.NetAddresses;
import dev.coffer.model.PortForward;
import dev.coffer.model.plan.PortStep.ForwardPorts;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The nftables rules that lead ports of the host to a container, in a table of each interface's
 * own. They need nobody who runs: the address that a DHCP server of this host gives is taken from
 * its answer by the rules themselves.
 */
final class PortForwards {
  private static final Path BRIDGED = Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables");

  private static final String PREFIX = "coffer_forward_";
  private static final String LOCALNET = "localnet_";

  /** Whether packets from or to 127.0.0.0/8 may pass an interface, ip-sysctl. */
  private static final String SYSCTL = "/proc/sys/net/ipv4/conf/%s/route_localnet";

  private static final Path IP_FORWARD = Path.of("/proc/sys/net/ipv4/ip_forward");

  private final ForwardPorts step;
  private final String table;
  private final List<String> script = new ArrayList<>();

  private PortForwards(ForwardPorts step) {
    this.step = step;
    this.table = "inet " + PREFIX + step.hostName();
  }

  /** Puts the rules in place, instead of any that were there for the interface. */
  static synchronized void apply(ForwardPorts step) {
    boolean opens = opensLocalnet(step.bridge());
    Nft.run(step.describe(), step.origin(), script(step, opens, networks(step.bridge())));
    if (opens) {
      writeLocalnet(step.bridge(), "1");
    }
    // as lxc-net and others do; not for IPv6, where the host would no longer listen to its router
    if (HostFiles.readIfThere(IP_FORWARD).filter(value -> value.strip().equals("0")).isPresent()) {
      HostFiles.writeSmall(IP_FORWARD, "1");
    }
  }

  /**
   * Whether what is forwarded from a container to itself is sent out by the port that it came in
   * by, as br_netfilter turns around what stays on a bridge.
   */
  static boolean turnAtPort() {
    return HostFiles.readIfThere(BRIDGED).filter(value -> value.strip().equals("1")).isPresent();
  }

  /** Removes them, and what the last one for this bridge needed. */
  static synchronized void remove(String port, String bridge) {
    String table = "inet " + PREFIX + port;
    boolean opened = openers(bridge).contains(port);
    Nft.tryRun("add table " + table + "\ndelete table " + table);
    if (opened && openers(bridge).isEmpty()) {
      writeLocalnet(bridge, "0");
    }
  }

  /** Those of the interface that leads to the container, which it reaches without this host. */
  private static List<NetAddresses.Address> networks(String bridge) {
    return NetAddresses.read().stream()
        .filter(link -> link.name().equals(bridge))
        .flatMap(link -> link.addresses().stream())
        .toList();
  }

  static String script(
      ForwardPorts step, boolean opensLocalnet, List<NetAddresses.Address> networks) {
    PortForwards forwards = new PortForwards(step);
    forwards.tables(opensLocalnet);
    forwards.entries();
    forwards.answers(networks);
    forwards.lease();
    return String.join("\n", forwards.script) + "\n";
  }

  private void tables(boolean opensLocalnet) {
    script.add("add table " + table);
    script.add("delete table " + table);
    script.add("add table " + table);
    script.add(
        "add map " + table + " leased { type nf_proto : ipv4_addr; flags dynamic; size 65535; }");
    script.add("add chain " + table + " forward");
    if (opensLocalnet) {
      script.add("add chain " + table + " " + LOCALNET + step.bridge());
    }
    chain("guard", "filter hook prerouting priority -300");
    chain("from_others", "nat hook prerouting priority -100");
    chain("from_host", "nat hook output priority -100");
    chain("answers", "nat hook postrouting priority 100");
    chain("lease", "filter hook output priority 0");
    // with route_localnet what listens on the loopback interface only would be open to containers
    rule("guard", "iifname \"" + step.bridge() + "\" ip daddr 127.0.0.0/8 drop");
    rule("from_others", "fib daddr type local jump forward");
    rule("from_host", "fib daddr type local jump forward");
  }

  private void entries() {
    for (PortForward forward : step.forwards()) {
      if (forward.isFor(false)) {
        String target = step.ipv4().orElse("meta nfproto map @leased");
        entry(forward, "ip", "ipv4", target);
      }
      if (forward.isFor(true) && step.ipv6().isPresent()) {
        entry(forward, "ip6", "ipv6", "[" + step.ipv6().get() + "]");
      }
    }
  }

  private void entry(PortForward forward, String family, String protocol, String target) {
    String to = forward.address().map(InetAddress::getHostAddress).orElse("");
    rule(
        "forward",
        "meta nfproto "
            + protocol
            + (to.isEmpty() ? "" : " " + family + " daddr " + to)
            + " "
            + forward.protocol()
            + " dport "
            + forward.first()
            + (forward.first() == forward.last() ? "" : "-" + forward.last())
            + " dnat "
            + family
            + " to "
            + (forward.shift() == 0 ? bare(target) : target + " : " + ports(forward)));
  }

  private static String bare(String target) {
    return target.startsWith("[") ? target.substring(1, target.length() - 1) : target;
  }

  private static String ports(PortForward forward) {
    if (forward.first() == forward.last()) {
      return String.valueOf(forward.target());
    }
    return IntStream.rangeClosed(forward.first(), forward.last())
        .mapToObj(port -> port + " : " + (port + forward.shift()))
        .collect(Collectors.joining(", ", forward.protocol() + " dport map { ", " }"));
  }

  /**
   * Where the container would answer somebody else than asked, because the one who asks is on its
   * own bridge or is the host's loopback, the host asks in its own name.
   */
  private void answers(List<NetAddresses.Address> networks) {
    String out = " oifname \"" + step.bridge() + "\"";
    rule("answers", "ip saddr 127.0.0.0/8" + out + " masquerade");
    // not by the interface that it came in by, which br_netfilter does not tell
    for (NetAddresses.Address own : networks) {
      String family = own.address() instanceof Inet6Address ? "ip6" : "ip";
      String network = own.address().getHostAddress().split("%")[0] + "/" + own.prefix();
      rule("answers", "ct status dnat " + family + " saddr " + network + out + " masquerade");
    }
  }

  /**
   * An answer takes the place of the one before. The kernel counts what is so removed as if it was
   * still there, which is why the map is larger than the one entry it has.
   */
  private void lease() {
    if (step.ipv4().isPresent()) {
      return;
    }
    for (String verb : List.of("delete", "update")) {
      rule(
          "lease",
          "meta nfproto ipv4 %s %s @leased { meta nfproto : %s }"
              .formatted(DhcpAnswer.match(step.hardwareAddress()), verb, DhcpAnswer.ADDRESS));
    }
  }

  private void chain(String name, String hook) {
    script.add("add chain " + table + " " + name + " { type " + hook + "; }");
  }

  private void rule(String chain, String text) {
    script.add("add rule " + table + " " + chain + " " + text);
  }

  /** Whether it is off, or on for one of ours. */
  private static boolean opensLocalnet(String bridge) {
    return HostFiles.readIfThere(localnet(bridge))
            .filter(value -> value.strip().equals("0"))
            .isPresent()
        || !openers(bridge).isEmpty();
  }

  /** The interfaces for which it was switched on. */
  private static List<String> openers(String bridge) {
    Pattern opener =
        Pattern.compile(
            "table inet "
                + PREFIX
                + "(\\S+) \\{\\n(?:(?!table ).*\\n)*?\\s*chain "
                + LOCALNET
                + Pattern.quote(bridge)
                + " \\{");
    return opener
        .matcher(Nft.print("list chains inet"))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private static Path localnet(String bridge) {
    return Path.of(SYSCTL.formatted(bridge));
  }

  private static void writeLocalnet(String bridge, String value) {
    try {
      HostFiles.writeSmall(localnet(bridge), value);
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT)) { // the bridge is gone, and this with it
        throw e;
      }
    }
  }
}
