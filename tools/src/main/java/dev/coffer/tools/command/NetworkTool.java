package dev.coffer.tools.command;

import dev.coffer.model.CofferException;
import dev.coffer.network.BridgeNetwork;
import dev.coffer.network.Lease;
import dev.coffer.network.Networks;
import dev.coffer.network.Networks.State;
import dev.coffer.network.Networks.Status;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@code coffer network}: the bridges that containers are attached to. */
public final class NetworkTool implements Tool {
  static final String ARGUMENTS =
      "list | show | start | stop | leases | create | delete [NAME], or " + InterfaceTool.ARGUMENTS;

  private static final Option SUBNET =
      Option.value(
              "subnet",
              "ADDRESS/PREFIX",
              "create: IPv4 address of the bridge with its prefix; one that is free if not given.")
          .ours();
  private static final Option RANGE =
      Option.value("dhcp-range", "FIRST-LAST", "create: the addresses that DHCP gives.").ours();
  private static final Option DOMAIN =
      Option.value("domain", "NAME", "create: what the containers' names end in.").ours();
  private static final Option NO_DHCP =
      Option.flag("no-dhcp", "create: IPv4 addresses are not given by DHCP.").ours();
  private static final Option NO_NAT =
      Option.flag("no-nat", "create: packets leave the host under their own addresses.").ours();
  private static final Option ISOLATED =
      Option.flag("isolated", "create: nothing is forwarded to or from it.").ours();

  private static final CommandPage PAGE =
      new CommandPage(
          "coffer network",
          ARGUMENTS,
          "looks after the bridges that containers are attached to",
          "A network is a bridge with addresses, firewall rules, and a dnsmasq that gives addresses"
              + " and names to the containers on it. The one of LXC, lxcbr0, is described in"
              + " /etc/default/lxc-net, others in /etc/coffer/networks/NAME.conf. Each is made when"
              + " the first container needs it (lxc.net.N.link = NAME), and stays.\n\n"
              + "list prints all, show one of them, leases the addresses that were given. start makes"
              + " it, or again what is missing of it; stop ends it, though its bridge stays as long"
              + " as something is attached. create writes a new one, delete removes it. NAME is"
              + " lxcbr0 if not given.\n\n"
              + "attach gives a running CONTAINER an interface of any type that lxc.net.N.type can"
              + " name, and prints its name inside; detach takes one away; link brings one up or takes"
              + " it down. What was attached goes when the container ends or reboots, unless it is"
              + " saved.\n\n"
              + "--format json: list prints an array of objects, and show one object, with the"
              + " members name, state, bridge, ipv4, ipv6, isolated, ports, dnsmasq_pid, obstacles"
              + " and source; leases prints an array of objects with the members address,"
              + " hardware_address, name and until.",
          OptionTable.bare(
              Stream.concat(
                      Stream.of(
                          OutputFormat.OPTION, SUBNET, RANGE, DOMAIN, NO_DHCP, NO_NAT, ISOLATED),
                      InterfaceTool.OPTIONS.stream())
                  .toArray(Option[]::new)),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean wantsName() {
    return false;
  }

  @Override
  public int run(Session session) {
    OutputFormat format = OutputFormat.of(session);
    List<String> words = session.operands();
    if (!words.isEmpty() && InterfaceTool.knows(words.getFirst())) {
      return InterfaceTool.run(session);
    }
    if (words.size() > 2) {
      throw new BadArgument("too many words: " + String.join(" ", words));
    }
    Networks networks = session.coffer().networks();
    String verb = words.isEmpty() ? "list" : words.getFirst();
    boolean json = format == OutputFormat.JSON;
    switch (verb) {
      case "list" -> list(session, networks, json);
      case "show", "status" -> {
        Status status = networks.status(named(words, networks));
        session.out().print(json ? NetworkText.json(status) : NetworkText.show(status));
      }
      case "leases" -> {
        List<Lease> leases = networks.leases(named(words, networks));
        session.out().print(json ? NetworkText.jsonLeases(leases) : NetworkText.leases(leases));
      }
      case "start" -> start(session, networks, named(words, networks));
      case "stop" -> stop(session, networks, named(words, networks));
      case "create" -> {
        BridgeNetwork made = networks.create(name(words), settings(session));
        session
            .out()
            .print(
                made.name()
                    + made.ipv4().map(family -> ": " + family.address()).orElse("")
                    + ", described in "
                    + made.source()
                    + "\n");
      }
      case "delete" -> networks.delete(name(words));
      default -> throw new BadArgument("unknown command '" + verb + "'; use " + ARGUMENTS);
    }
    return Runner.OK;
  }

  private static void list(Session session, Networks networks, boolean json) {
    List<Status> all = networks.all().stream().map(networks::status).toList();
    session.out().print(json ? NetworkText.json(all) : NetworkText.list(all));
    for (CofferException problem : networks.problems()) {
      session.log().error(problem.getMessage(), problem.details());
    }
  }

  private static void start(Session session, Networks networks, BridgeNetwork network) {
    if (!networks.start(network)) {
      session.out().print(network.name() + " is up already\n");
    }
    networks
        .obstacles(network)
        .forEach(obstacle ->
            session.log().error(obstacle.message(), List.of("hint  " + obstacle.remedy())));
  }

  private static void stop(Session session, Networks networks, BridgeNetwork network) {
    if (networks.status(network).state() == State.DOWN) {
      session.out().print(network.name() + " is down already\n");
      return;
    }
    List<String> ports = networks.stop(network);
    if (!ports.isEmpty()) {
      session
          .out()
          .print(
              "The bridge "
                  + network.bridge()
                  + " stays, without addresses, for "
                  + String.join(", ", ports)
                  + "\n");
    }
  }

  private static BridgeNetwork named(List<String> words, Networks networks) {
    if (words.size() > 1) {
      return networks.require(words.get(1));
    }
    return networks
        .lxc()
        .orElseThrow(() -> new BadArgument("USE_LXC_BRIDGE is false: a network must be named"));
  }

  private static String name(List<String> words) {
    if (words.size() < 2) {
      throw new BadArgument(words.getFirst() + " needs the name of a network");
    }
    return words.get(1);
  }

  /** By the keys of a network's file. */
  private static Map<String, String> settings(Session session) {
    Map<String, String> settings = new TreeMap<>();
    session.value(SUBNET).ifPresent(value -> settings.put("ipv4.address", value));
    session.value(InterfaceTool.IPV6).ifPresent(value -> settings.put("ipv6.address", value));
    session.value(RANGE).ifPresent(value -> settings.put("ipv4.dhcp.ranges", value));
    session.value(DOMAIN).ifPresent(value -> settings.put("dns.domain", value));
    if (session.has(NO_DHCP)) {
      settings.put("ipv4.dhcp", "false");
    }
    if (session.has(NO_NAT)) {
      settings.put("ipv4.nat", "false");
      settings.put("ipv6.nat", "false");
    }
    if (session.has(ISOLATED)) {
      settings.put("isolated", "true");
    }
    return settings;
  }
}
