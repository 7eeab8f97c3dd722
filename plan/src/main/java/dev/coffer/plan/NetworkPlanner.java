package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Nic;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.NetworkStep.AddAddress;
import dev.coffer.model.plan.NetworkStep.AddGateway;
import dev.coffer.model.plan.NetworkStep.CreateVeth;
import dev.coffer.model.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The container's network interfaces, lxc.container.conf(5) "NETWORK". */
final class NetworkPlanner {
  /** Types whose link stays on the host, with the address that is their gateway. */
  private static final List<String> WITH_GATEWAY = List.of("veth", "macvlan", "ipvlan");

  private final ContainerSpec spec;
  private final NicNames names;
  private final HostFacts facts;
  private final BridgePlanner bridges;
  private final List<Step> steps = new ArrayList<>();

  NetworkPlanner(ContainerSpec spec, HostFacts facts) {
    this.spec = spec;
    this.names = new NicNames(spec, facts.network());
    this.facts = facts;
    this.bridges = new BridgePlanner(facts.network());
  }

  /** All interfaces in the order of their numbers, each with all it needs. */
  List<Step> interfaces() {
    if (!facts.privileged()) {
      return ofUser(new UserNetworkPlanner(spec, names, facts));
    }
    PortPlanner ports = new PortPlanner(names, this::bridge);
    for (Nic nic : names.nics()) {
      steps.addAll(ports.before(nic));
      steps.addAll(bridges.prepare(nic, names.inside(nic), names.hardwareAddress(nic)));
      switch (nic.type().value()) {
        case "veth" -> veth(nic);
        case "macvlan", "ipvlan", "vlan", "phys" -> steps.addAll(link(nic).create());
        default -> {
          NetworkScripts.up(nic, names).ifPresent(steps::add);
          continue;
        }
      }
      configure(nic);
      steps.addAll(ports.after(nic));
      NetworkScripts.up(nic, names).ifPresent(steps::add);
    }
    return steps;
  }

  private List<Step> ofUser(UserNetworkPlanner user) {
    steps.addAll(user.connect());
    for (Nic nic : spec.nics().stream().filter(user::isEngines).toList()) {
      steps.addAll(user.adjust(nic));
      configure(nic);
    }
    return steps;
  }

  private void configure(Nic nic) {
    addresses(nic, "ipv4.address");
    addresses(nic, "ipv6.address");
    gateway(nic, false);
    gateway(nic, true);
  }

  /** The kernel's bridge that its end on the host is a port of. */
  private Optional<String> bridge(Nic nic) {
    LinkPlanner link = link(nic);
    return text(nic, "link").filter(_ -> link.hasBridge());
  }

  private LinkPlanner link(Nic nic) {
    return new LinkPlanner(nic, names, facts.network().links());
  }

  private void veth(Nic nic) {
    LinkPlanner link = link(nic);
    steps.addAll(link.beforeVeth());
    steps.add(
        new CreateVeth(
            names.inside(nic),
            names.onHost(nic),
            bridge(nic),
            Optional.of(names.hardwareAddress(nic)),
            Optional.of(names.hostAddress(nic)),
            mtu(nic),
            queues(nic, "veth.n_rxqueues"),
            queues(nic, "veth.n_txqueues"),
            nic.isUp(),
            origin(nic, "link")));
    steps.addAll(link.afterVeth());
  }

  private void addresses(Nic nic, String key) {
    Sourced<String> all = nic.settings().get(key);
    if (all == null) {
      return;
    }
    for (String line : all.value().lines().toList()) {
      String[] words = line.split(" ");
      steps.add(
          new AddAddress(
              names.inside(nic),
              words[0],
              words.length > 1 ? Optional.of(words[1]) : Optional.empty(),
              all.origin()));
    }
  }

  private void gateway(Nic nic, boolean ipv6) {
    String family = ipv6 ? "ipv6" : "ipv4";
    Sourced<String> gateway = nic.settings().get(family + ".gateway");
    if (gateway == null || gateway.value().isEmpty()) {
      return;
    }
    boolean device = gateway.value().equals(AddGateway.DEVICE);
    if (!nic.isUp()) {
      throw refused(gateway, "the interface is not brought up", "lxc.net.%d.flags = up", nic);
    }
    if (!device && text(nic, family + ".address").isEmpty()) {
      throw refused(
          gateway, "the interface has no address", "lxc.net.%d." + family + ".address = …", nic);
    }
    if (gateway.value().equals(AddGateway.AUTO) && !WITH_GATEWAY.contains(nic.type().value())) {
      throw new CofferException(
          "cannot find the gateway by itself: the host has no address on the link of a "
              + nic.type().value()
              + " interface",
          List.of(
              "from  " + gateway.origin().describe(),
              "hint  write its address in lxc.net." + nic.index() + "." + family + ".gateway"));
    }
    if (gateway.value().equals(AddGateway.AUTO) && text(nic, "link").isEmpty()) {
      throw refused(gateway, "there is no link to take it from", "lxc.net.%d.link = …", nic);
    }
    steps.add(
        new AddGateway(
            names.inside(nic), ipv6, gateway.value(), text(nic, "link"), gateway.origin()));
  }

  private static CofferException refused(
      Sourced<String> gateway, String why, String line, Nic nic) {
    return new CofferException(
        "cannot set the gateway " + gateway.value() + ": " + why,
        List.of(
            "from  " + gateway.origin().describe(),
            "hint  add " + String.format(line, nic.index())));
  }

  private static OptionalInt mtu(Nic nic) {
    int mtu = number(nic, "mtu");
    return mtu > 0 ? OptionalInt.of(mtu) : OptionalInt.empty();
  }

  /** One unless told otherwise: the kernel would make one for each processor and use the first. */
  private static int queues(Nic nic, String key) {
    return Math.max(1, number(nic, key));
  }

  private static int number(Nic nic, String key) {
    return text(nic, key).map(Integer::parseInt).orElse(0);
  }

  private static Optional<String> text(Nic nic, String key) {
    return Optional.ofNullable(nic.settings().get(key))
        .map(Sourced::value)
        .filter(value -> !value.isEmpty());
  }

  private static Origin origin(Nic nic, String key) {
    Sourced<String> setting = nic.settings().get(key);
    return setting == null ? nic.type().origin() : setting.origin();
  }
}
