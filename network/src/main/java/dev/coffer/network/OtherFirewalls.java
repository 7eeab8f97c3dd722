package dev.coffer.network;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rules of others that keep a bridge's packets from being forwarded: a packet passes when no chain
 * drops it, so what our own chains accept is not enough. Docker has a chain for rules of others,
 * which gets ours and loses them when the network stops; for the rest a command is named.
 */
final class OtherFirewalls {
  private static final Pattern TABLE = Pattern.compile("table (\\S+) (\\S+) \\{");
  private static final Pattern CHAIN = Pattern.compile("\\s+chain (\\S+) \\{");
  private static final Pattern DROPS =
      Pattern.compile("\\s+type filter hook (input|forward) .*policy drop;.*");
  private static final Pattern HANDLE = Pattern.compile(".*# handle (\\d+)");

  private static final String DOCKER = "DOCKER-USER";

  private OtherFirewalls() {}

  /**
   * A chain that drops what no rule of its own accepts.
   *
   * @param family {@code ip}, {@code ip6} or {@code inet}
   * @param hook {@code input} or {@code forward}
   */
  record Dropping(String family, String table, String chain, String hook) {
    private String place() {
      return family + " " + table + " " + chain;
    }
  }

  /**
   * What was found.
   *
   * @param chains all there are, as {@code FAMILY TABLE CHAIN}
   */
  record Found(List<Dropping> dropping, Set<String> chains) {
    /** Of {@code nft list chains}. */
    static Found parse(String listing) {
      List<Dropping> dropping = new ArrayList<>();
      Set<String> chains = new LinkedHashSet<>();
      String family = "";
      String table = "";
      String chain = "";
      for (String line : listing.lines().toList()) {
        Matcher inTable = TABLE.matcher(line);
        Matcher inChain = CHAIN.matcher(line);
        Matcher drops = DROPS.matcher(line);
        if (inTable.matches()) {
          family = inTable.group(1);
          table = inTable.group(2);
        } else if (inChain.matches()) {
          chain = inChain.group(1);
          chains.add(family + " " + table + " " + chain);
        } else if (drops.matches() && !family.equals("bridge")) {
          dropping.add(new Dropping(family, table, chain, drops.group(1)));
        }
      }
      return new Found(dropping, chains);
    }

    private boolean hasUfw() {
      return chains.stream().anyMatch(chain -> chain.contains(" ufw-"));
    }

    private boolean hasFirewalld() {
      return chains.stream().anyMatch(chain -> chain.startsWith("inet firewalld "));
    }

    private boolean hasDocker(String family) {
      return chains.contains(family + " filter " + DOCKER);
    }

    /** What still stands in the way when Docker's chain has our rules. */
    List<Obstacle> obstacles(String bridge) {
      if (hasFirewalld()) {
        return List.of(
            new Obstacle(
                "firewalld decides about " + bridge + ", and knows no zone for it",
                "firewall-cmd --permanent --zone=trusted --add-interface="
                    + bridge
                    + " && firewall-cmd --reload"));
      }
      List<Dropping> left =
          dropping.stream()
              .filter(chain -> !(chain.hook.equals("forward") && hasDocker(chain.family)))
              .toList();
      if (left.isEmpty()) {
        return List.of();
      }
      if (hasUfw()) {
        return List.of(
            new Obstacle(
                "ufw drops what " + bridge + " forwards, and requests for addresses and names",
                "ufw allow in on %1$s && ufw route allow in on %1$s && ufw route allow out on %1$s"
                    .formatted(bridge)));
      }
      return left.stream().map(chain -> obstacle(chain, bridge)).toList();
    }

    private static Obstacle obstacle(Dropping chain, String bridge) {
      boolean forward = chain.hook.equals("forward");
      String rule = "nft insert rule " + chain.place();
      String in = rule + " iifname " + bridge + " accept";
      return new Obstacle(
          "the chain %s of the firewall drops %s"
              .formatted(
                  chain.place(),
                  forward
                      ? "what " + bridge + " forwards"
                      : "requests from " + bridge + " for addresses and names"),
          forward ? in + " && " + rule + " oifname " + bridge + " accept" : in);
    }
  }

  /** Looks at all chains of the kernel's nf_tables; those of the older ip_tables are not seen. */
  static Found read() {
    return Found.parse(Nft.print("list", "chains"));
  }

  /** Puts rules into Docker's chain, those of before replaced; does nothing where it has none. */
  static void pass(BridgeNetwork network) {
    if (network.isolated()) {
      return;
    }
    Found found = read();
    for (String family : List.of("ip", "ip6")) {
      boolean drops =
          found.dropping.stream()
              .anyMatch(chain -> chain.family.equals(family) && chain.hook.equals("forward"));
      if (found.hasDocker(family) && drops) {
        String rule = "insert rule " + family + " filter " + DOCKER + " ";
        String end = " counter accept comment \"" + comment(network) + "\"\n";
        Firewall.nft(
            deletions(network, family)
                + rule
                + "iifname \""
                + network.bridge()
                + "\""
                + end
                + rule
                + "oifname \""
                + network.bridge()
                + "\""
                + end);
      }
    }
  }

  /** Takes our rules out of Docker's chain. */
  static void forget(BridgeNetwork network) {
    if (!Nft.isThere()) {
      return;
    }
    for (String family : List.of("ip", "ip6")) {
      String deletions = deletions(network, family);
      if (!deletions.isEmpty()) {
        Firewall.nft(deletions);
      }
    }
  }

  private static String deletions(BridgeNetwork network, String family) {
    String listing = Nft.print("-a", "list", "chain", family, "filter", DOCKER);
    StringBuilder text = new StringBuilder();
    for (String line : listing.lines().toList()) {
      Matcher handle = HANDLE.matcher(line);
      if (line.contains("comment \"" + comment(network) + "\"") && handle.matches()) {
        text.append("delete rule ")
            .append(family)
            .append(" filter ")
            .append(DOCKER)
            .append(" handle ")
            .append(handle.group(1))
            .append('\n');
      }
    }
    return text.toString();
  }

  private static String comment(BridgeNetwork network) {
    return "coffer " + network.bridge();
  }
}
