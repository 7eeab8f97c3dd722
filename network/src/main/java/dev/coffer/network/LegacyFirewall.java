package dev.coffer.network;

import dev.coffer.linux.CommandOutput;
import dev.coffer.linux.Programs;
import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network's rules by iptables(8) and ip6tables(8), for hosts without nft and for those whose
 * LXC_USE_NFT says so. They stand among the rules of others, at the top, so that a policy that
 * drops does not reach what they accept; a comment tells whose they are, and by it they are
 * removed.
 */
final class LegacyFirewall {
  private static final List<String> ENVIRONMENT =
      List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C");
  private static final int MOST = 64;

  private LegacyFirewall() {}

  /**
   * One rule.
   *
   * @param program {@code iptables} or {@code ip6tables}
   * @param words what follows the chain
   */
  record Rule(String program, String table, String chain, List<String> words) {
    List<String> command(String action) {
      List<String> command = new ArrayList<>(List.of(program, "-w", "-t", table, action, chain));
      command.addAll(words);
      return command;
    }
  }

  static boolean isThere() {
    return Programs.find("iptables").isPresent();
  }

  /** Those of LXC's lxc-net, the last to be inserted first. */
  static List<Rule> rules(BridgeNetwork network) {
    List<Rule> rules = new ArrayList<>();
    network.ipv4().ifPresent(family -> of(network, family, "iptables", rules));
    network.ipv6().ifPresent(family -> of(network, family, "ip6tables", rules));
    return rules;
  }

  private static void of(
      BridgeNetwork network, BridgeNetwork.Family family, String program, List<Rule> rules) {
    String bridge = network.bridge();
    String mark = comment(network);
    for (String protocol : List.of("udp", "tcp")) {
      for (String port : List.of("53", "67")) {
        rules.add(
            rule(
                program, "filter", "INPUT", mark, "-i", bridge, "-p", protocol, "--dport", port,
                "-j", "ACCEPT"));
      }
    }
    String verdict = network.isolated() ? "DROP" : "ACCEPT";
    rules.add(rule(program, "filter", "FORWARD", mark, "-i", bridge, "-j", verdict));
    rules.add(rule(program, "filter", "FORWARD", mark, "-o", bridge, "-j", verdict));
    if (network.isolated()) { // with br_netfilter the bridge's own traffic is here
      rules.add(
          rule(program, "filter", "FORWARD", mark, "-i", bridge, "-o", bridge, "-j", "ACCEPT"));
    }
    String inside = family.network().toString();
    if (family.nat()) {
      rules.add(
          rule(
              program,
              "nat",
              "POSTROUTING",
              mark,
              "-s",
              inside,
              "!",
              "-d",
              inside,
              "-j",
              "MASQUERADE"));
    }
    if (program.equals(
        "iptables")) { // for DHCP clients that check what virtual interfaces leave out
      rules.add(
          rule(
              program,
              "mangle",
              "POSTROUTING",
              mark,
              "-o",
              bridge,
              "-p",
              "udp",
              "-m",
              "udp",
              "--dport",
              "68",
              "-j",
              "CHECKSUM",
              "--checksum-fill"));
    }
  }

  private static Rule rule(
      String program, String table, String chain, String mark, String... words) {
    List<String> all = new ArrayList<>(List.of("-m", "comment", "--comment", mark));
    all.addAll(List.of(words));
    return new Rule(program, table, chain, all);
  }

  private static String comment(BridgeNetwork network) {
    return "coffer " + network.name();
  }

  static void apply(BridgeNetwork network) {
    remove(network);
    for (Rule rule : rules(network)) {
      CommandOutput said = run(rule.command("-I"));
      boolean optional = rule.words().contains("CHECKSUM"); // most kernels lack it and need it not
      if (!said.status().isSuccess() && !optional) {
        throw new CofferException(
            "cannot set the firewall's rules: " + rule.program() + " refuses one",
            List.of(
                "said  " + said.complaints().lines().findFirst().orElse(""),
                "step  " + String.join(" ", rule.command("-I"))));
      }
    }
  }

  /** Each as often as it is there. */
  static void remove(BridgeNetwork network) {
    if (!isThere()) {
      return;
    }
    for (Rule rule : rules(network)) {
      if (Programs.find(rule.program()).isEmpty()) {
        continue;
      }
      for (int i = 0; i < MOST && run(rule.command("-D")).status().isSuccess(); i++) {
        continue;
      }
    }
  }

  private static CommandOutput run(List<String> command) {
    Optional<Path> program = Programs.find(command.getFirst());
    List<String> argv = new ArrayList<>(command);
    argv.set(
        0,
        program
            .orElseThrow(() ->
                new CofferException(
                    "cannot set the firewall's rules: there is no program " + command.getFirst(),
                    List.of("hint  apt install iptables, or nftables without LXC_USE_NFT=false")))
            .toString());
    return CommandOutput.of(argv, ENVIRONMENT);
  }
}
