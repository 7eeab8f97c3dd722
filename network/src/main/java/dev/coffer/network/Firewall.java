package dev.coffer.network;

import java.util.ArrayList;
import java.util.List;

/**
 * A network's rules, in tables of their own. Each change is one transaction of nft(8), and makes
 * the tables anew, so that it can be repeated. Those of LXC's network are called as LXC's lxc-net
 * calls them, so that it can remove them.
 */
final class Firewall {
  private Firewall() {}

  /** What makes the rules. */
  static String rules(BridgeNetwork network) {
    List<String> lines = new ArrayList<>(removal(network).lines().toList());
    String filter = filter(network);
    lines.add("add table " + filter);
    lines.add("add chain " + filter + " input { type filter hook input priority 0; }");
    for (String protocol : List.of("udp", "tcp")) {
      lines.add(
          "add rule "
              + filter
              + " input iifname \""
              + network.bridge()
              + "\" "
              + protocol
              + " dport { 53, 67 } accept");
    }
    lines.add("add chain " + filter + " forward { type filter hook forward priority 0; }");
    forward(network, filter, lines);
    network.ipv4().ifPresent(family -> translate(network, family, "ip", lines));
    network.ipv6().ifPresent(family -> translate(network, family, "ip6", lines));
    return String.join("\n", lines) + "\n";
  }

  private static void forward(BridgeNetwork network, String filter, List<String> lines) {
    String rule = "add rule " + filter + " forward ";
    String in = "iifname \"" + network.bridge() + "\" ";
    String out = "oifname \"" + network.bridge() + "\" ";
    if (network.isolated()) {
      lines.add(rule + in + out + "accept"); // with br_netfilter the bridge's own traffic is here
      lines.add(rule + in + "drop");
      lines.add(rule + out + "drop");
    } else {
      lines.add(rule + in + "accept");
      lines.add(rule + out + "accept");
    }
  }

  private static void translate(
      BridgeNetwork network, BridgeNetwork.Family family, String version, List<String> lines) {
    if (!family.nat()) {
      return;
    }
    String table = version + " " + table(network);
    lines.add("add table " + table);
    lines.add("add chain " + table + " postrouting { type nat hook postrouting priority 100; }");
    lines.add(
        "add rule "
            + table
            + " postrouting "
            + version
            + " saddr "
            + family.network()
            + " "
            + version
            + " daddr != "
            + family.network()
            + " counter masquerade");
  }

  /** What removes the rules, whether or not they are there. */
  static String removal(BridgeNetwork network) {
    StringBuilder text = new StringBuilder();
    for (String family : List.of("inet", "ip", "ip6")) {
      String table = family + " " + table(network);
      text.append("add table ").append(table).append("\ndelete table ").append(table).append('\n');
    }
    return text.toString();
  }

  private static String filter(BridgeNetwork network) {
    return "inet " + table(network);
  }

  /** No two networks have the same: their names have no underscores. */
  static String table(BridgeNetwork network) {
    return network.kind() == BridgeNetwork.Kind.LXC_NET
        ? "lxc"
        : "coffer_" + network.name().replace('-', '_');
  }

  /** nft, unless there is only iptables. */
  static BridgeNetwork.Rules usual() {
    return !Nft.isThere() && LegacyFirewall.isThere()
        ? BridgeNetwork.Rules.IPTABLES
        : BridgeNetwork.Rules.NFT;
  }

  /** Makes the rules; those that the other program has made go. */
  static void apply(BridgeNetwork network) {
    switch (network.rules()) {
      case NFT -> nft(rules(network));
      case IPTABLES -> {
        if (Nft.isThere()) {
          nft(removal(network));
        }
        LegacyFirewall.apply(network);
      }
    }
  }

  /** Also works where nft is not there any more: then nothing can be. */
  static void remove(BridgeNetwork network) {
    if (network.rules() == BridgeNetwork.Rules.IPTABLES) {
      LegacyFirewall.remove(network);
    }
    if (Nft.isThere()) {
      nft(removal(network));
    }
  }

  /** Carries out a transaction. */
  static void nft(String text) {
    Nft.run("set the firewall's rules", List.of(), "use a bridge of your own", text);
  }
}
