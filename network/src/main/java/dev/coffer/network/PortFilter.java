package dev.coffer.network;

import dev.coffer.model.plan.PortStep.FilterPort;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The nftables rules for what a container may send through a port of a bridge. All ports share the
 * table {@code bridge coffer}: two maps lead from a port's name to chains of its own, so that a
 * packet costs one look-up however many ports there are. Every chain of a port refers to the chain
 * {@code in_use}; while one does the kernel refuses to remove that, and so the table.
 */
final class PortFilter {
  private static final String TABLE = "bridge coffer";

  /** What a neighbour advertisement is about, and the last half of it, behind ICMPv6's header. */
  private static final String ND_TARGET = "@th,64,128";

  private static final String ND_TARGET_END = "@th,128,64";
  private static final int ADDRESS_BYTES = 16;

  private final String port;
  private final List<String> script = new ArrayList<>();

  private PortFilter(String port) {
    this.port = port;
  }

  /** Puts the rules in place, instead of any that were there for the port. */
  static void apply(FilterPort step) {
    Nft.run(step.describe(), step.origin(), script(step));
  }

  static String script(FilterPort step) {
    PortFilter filter = new PortFilter(step.hostName());
    filter.frame();
    filter.rule("jump in_use");
    filter.hardware(step);
    if (step.ipv4().checked() || step.ipv6().checked()) {
      filter.rule("ether type != { arp, ip, ip6 } drop");
    }
    if (step.ipv4().checked()) {
      filter.ipv4(step);
    }
    if (step.ipv6().checked()) {
      filter.ipv6(step);
    }
    filter.elements("add", step.hostName());
    return filter.text();
  }

  /** Removes what there is for a port, and the table with the last one. */
  static void remove(String port) {
    Nft.tryRun(removal(port));
    Nft.tryRun("delete chain " + TABLE + " in_use\ndelete table " + TABLE);
  }

  /** As what does not exist cannot be deleted, it is added first. */
  static String removal(String port) {
    PortFilter filter = new PortFilter(port);
    filter.frame();
    filter.elements("add", port);
    filter.elements("delete", port);
    filter.script.add("flush chain " + TABLE + " from_" + port);
    filter.script.add("flush chain " + TABLE + " to_" + port);
    filter.script.add("delete chain " + TABLE + " from_" + port);
    filter.script.add("delete chain " + TABLE + " to_" + port);
    filter.script.add("delete set " + TABLE + " leased_" + port);
    return filter.text();
  }

  private String text() {
    return String.join("\n", script) + "\n";
  }

  private void frame() {
    script.addAll(
        List.of(
            "add table " + TABLE,
            "add map " + TABLE + " from { type ifname : verdict; }",
            "add map " + TABLE + " to { type ifname : verdict; }",
            "add chain " + TABLE + " in_use",
            "add chain " + TABLE + " received { type filter hook prerouting priority -300; }",
            "add chain " + TABLE + " sent { type filter hook postrouting priority 300; }",
            "flush chain " + TABLE + " received",
            "flush chain " + TABLE + " sent",
            "add rule " + TABLE + " received iifname vmap @from",
            "add rule " + TABLE + " sent oifname vmap @to",
            "add chain " + TABLE + " from_" + port,
            "add chain " + TABLE + " to_" + port,
            "flush chain " + TABLE + " from_" + port,
            "flush chain " + TABLE + " to_" + port,
            "add set "
                + TABLE
                + " leased_"
                + port
                + " { type ipv4_addr; size 8; flags dynamic, timeout; timeout 30d; }",
            "flush set " + TABLE + " leased_" + port));
  }

  private void elements(String verb, String name) {
    for (String map : List.of("from", "to")) {
      script.add(
          "%s element %s %s { \"%s\" : jump %s_%s }".formatted(verb, TABLE, map, name, map, name));
    }
  }

  private void rule(String text) {
    script.add("add rule " + TABLE + " from_" + port + " " + text);
  }

  private void hardware(FilterPort step) {
    rule("ether saddr != " + step.hardwareAddress() + " drop");
    // a sender of another kind or length would not be looked at by what follows
    rule("ether type arp arp htype != 1 drop");
    rule("ether type arp arp hlen != 6 drop");
    rule("ether type arp arp saddr ether != " + step.hardwareAddress() + " drop");
  }

  private void ipv4(FilterPort step) {
    rule("ether type arp arp ptype != ip drop");
    rule("ether type arp arp plen != 4 drop");
    List<String> fixed = step.ipv4().fixed();
    if (fixed.isEmpty()) {
      String leased = "@leased_" + port;
      rule("ether type arp arp saddr ip != 0.0.0.0 arp saddr ip != " + leased + " drop");
      rule("ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 return");
      rule("ether type ip ip saddr != " + leased + " drop");
      script.add(
          "add rule %s to_%s ether type ip %s update %s { %s }"
              .formatted(
                  TABLE,
                  port,
                  DhcpAnswer.match(step.hardwareAddress()),
                  leased,
                  DhcpAnswer.ADDRESS));
    } else {
      String own = String.join(", ", fixed);
      rule("ether type arp arp saddr ip != { 0.0.0.0, " + own + " } drop");
      rule("ether type ip ip saddr != { " + own + " } drop");
    }
    rule("ether type ip udp sport 67 drop");
  }

  private void ipv6(FilterPort step) {
    String end = interfaceId(step.hardwareAddress());
    rule("icmpv6 type { nd-router-advert, nd-redirect } drop");
    rule("ether type ip6 udp sport 547 drop");
    rule("ip6 saddr :: meta l4proto != ipv6-icmp drop");
    String target;
    if (step.ipv6().fixed().isEmpty()) {
      rule("ip6 saddr != :: ip6 saddr & ::ffff:ffff:ffff:ffff != ::" + end + " drop");
      target = ND_TARGET_END + " != 0x" + hex("::" + end).substring(ADDRESS_BYTES);
    } else {
      List<String> own =
          Stream.concat(Stream.of("fe80::" + end), step.ipv6().fixed().stream())
              .distinct()
              .toList();
      rule("ip6 saddr != { ::, " + String.join(", ", own) + " } drop");
      target =
          own.stream()
              .map(address -> "0x" + hex(address))
              .collect(Collectors.joining(", ", ND_TARGET + " != { ", " }"));
    }
    rule("icmpv6 type nd-neighbor-advert " + target + " drop");
    // looking whether somebody has an address keeps others from taking it
    rule("ip6 saddr :: icmpv6 type nd-neighbor-solicit " + target + " drop");
  }

  /** The last half of the addresses made from a MAC address, RFC 4291 appendix A. */
  static String interfaceId(String hardwareAddress) {
    byte[] mac = HexFormat.ofDelimiter(":").parseHex(hardwareAddress);
    return "%x:%x:%x:%x"
        .formatted(
            (mac[0] & 0xff ^ 2) << 8 | mac[1] & 0xff,
            (mac[2] & 0xff) << 8 | 0xff,
            0xfe00 | mac[3] & 0xff,
            (mac[4] & 0xff) << 8 | mac[5] & 0xff);
  }

  private static String hex(String address) {
    return HexFormat.of().formatHex(InetAddress.ofLiteral(address).getAddress());
  }
}
