package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.Nic;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.LinkStep;
import dev.coffer.model.plan.LinkStep.AnswerForAddress;
import dev.coffer.model.plan.NetworkStep.AddGateway;
import dev.coffer.model.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** The part of one interface that concerns an interface of the host: its link, or a veth's end. */
final class LinkPlanner {
  private static final List<String> FAMILIES = List.of("ipv4", "ipv6");

  private final Nic nic;
  private final NicNames names;
  private final LinkFacts facts;

  LinkPlanner(Nic nic, NicNames names, LinkFacts facts) {
    this.nic = nic;
    this.names = names;
    this.facts = facts;
  }

  /** An interface that is made upon its link, or is it. */
  List<Step> create() {
    List<Step> steps = new ArrayList<>(proxies());
    steps.add(
        switch (nic.type().value()) {
          case "macvlan" -> macvlan();
          case "ipvlan" -> ipvlan();
          case "vlan" -> vlan();
          default -> phys();
        });
    return steps;
  }

  private Step macvlan() {
    String mode = text("macvlan.mode").orElse("private");
    boolean ownAddress = !mode.equals("passthru");
    return new LinkStep.CreateMacvlan(
        names.inside(nic),
        link(),
        mode,
        ownAddress ? Optional.of(names.hardwareAddress(nic)) : text("hwaddr"),
        mtu(),
        nic.isUp(),
        origin("link"));
  }

  private Step ipvlan() {
    return new LinkStep.CreateIpvlan(
        names.inside(nic),
        link(),
        text("ipvlan.mode").orElse("l3"),
        text("ipvlan.isolation").orElse("bridge"),
        text("hwaddr"),
        mtu(),
        nic.isUp(),
        origin("link"));
  }

  private Step vlan() {
    return new LinkStep.CreateVlan(
        names.inside(nic),
        link(),
        text("vlan.id").map(Integer::parseInt).orElse(0),
        text("hwaddr"),
        mtu(),
        nic.isUp(),
        origin("link"));
  }

  private Step phys() {
    return new LinkStep.MoveLink(
        names.inside(nic), link(), text("hwaddr"), mtu(), nic.isUp(), origin("link"));
  }

  /** Whether a veth's end on the host is to be a port of a bridge of the kernel's. */
  boolean hasBridge() {
    return text("link").isPresent() && !isRouter() && !hasSwitch();
  }

  private boolean isRouter() {
    return text("veth.mode").orElse("").equals("router");
  }

  private boolean hasSwitch() {
    return text("link").filter(facts.switches()::contains).isPresent();
  }

  /** What comes before a veth is made. */
  List<Step> beforeVeth() {
    return proxies();
  }

  /** What a veth's end on the host needs when it is there. */
  List<Step> afterVeth() {
    List<Step> steps = new ArrayList<>();
    String host = names.onHost(nic);
    if (text("link").isPresent() && !hasBridge() && mtu().isEmpty()) {
      steps.add(new LinkStep.CopyMtu(names.inside(nic), host, link(), origin("link")));
    }
    if (hasSwitch() && !isRouter()) {
      steps.add(
          new LinkStep.AddSwitchPort(
              names.inside(nic), host, link(), untagged(), tagged(), origin("link")));
    } else if (hasBridge() && (untagged().isPresent() || !tagged().isEmpty())) {
      String key = untagged().isPresent() ? "veth.vlan.id" : "veth.vlan.tagged.id";
      steps.add(
          new LinkStep.SetBridgeVlans(
              names.inside(nic), host, link(), untagged(), tagged(), origin(key)));
    }
    if (isRouter()) {
      steps.addAll(router(host));
    }
    for (String family : FAMILIES) {
      String key = "veth." + family + ".route";
      lines(key)
          .forEach(route ->
              steps.add(new LinkStep.AddHostRoute(names.inside(nic), host, route, origin(key))));
    }
    return steps;
  }

  /** The host is the container's gateway, whatever its address, and knows the way to it. */
  private List<Step> router(String host) {
    List<Step> steps = new ArrayList<>();
    for (String family : FAMILIES) {
      boolean ipv6 = family.equals("ipv6");
      String key = family + ".gateway";
      Optional<String> gateway = text(key).filter(text -> !text.equals(AddGateway.DEVICE));
      gateway.ifPresent(address ->
          steps.add(
              new LinkStep.AnswerForGateway(
                  names.inside(nic), host, address, ipv6, text("link"), origin(key))));
      addresses(family)
          .forEach(address ->
              steps.add(
                  new LinkStep.AddHostRoute(
                      names.inside(nic),
                      host,
                      address + (ipv6 ? "/128" : "/32"),
                      origin("veth.mode"))));
    }
    return steps;
  }

  /** lxc.net.N.l2proxy: the host answers on the link for all the container's addresses. */
  private List<Step> proxies() {
    if (!text("l2proxy").orElse("").equals("1") || text("link").isEmpty()) {
      return List.of();
    }
    boolean ipvlan = nic.type().value().equals("ipvlan");
    if (ipvlan && !text("ipvlan.mode").orElse("").equals("l3s")) {
      throw refused(
          "l2proxy",
          "the host answers only for an ipvlan of mode l3s",
          "add lxc.net." + nic.index() + ".ipvlan.mode = l3s");
    }
    List<Step> steps = new ArrayList<>();
    Origin origin = origin("l2proxy");
    for (String family : FAMILIES) {
      addresses(family)
          .forEach(address -> {
            steps.add(
                new AnswerForAddress(
                    names.inside(nic), link(), address, family.equals("ipv6"), origin));
            if (ipvlan) {
              steps.add(new LinkStep.RouteToLoopback(names.inside(nic), address, origin));
            }
          });
    }
    return steps;
  }

  /** Without prefix and broadcast address. */
  private List<String> addresses(String family) {
    return lines(family + ".address").map(line -> line.split("[/ ]")[0]).toList();
  }

  private String link() {
    return text("link")
        .orElseThrow(() ->
            refused(
                "type",
                "a " + nic.type().value() + " interface needs one of the host's",
                "add lxc.net." + nic.index() + ".link = …"));
  }

  private CofferException refused(String key, String why, String hint) {
    return new CofferException(
        "cannot make the interface " + names.inside(nic) + ": " + why,
        List.of("from  " + origin(key).describe(), "hint  " + hint));
  }

  /** 0 for no VLAN. */
  private OptionalInt untagged() {
    return text("veth.vlan.id").stream()
        .mapToInt(id -> id.equals("none") ? 0 : Integer.parseInt(id))
        .findFirst();
  }

  private List<Integer> tagged() {
    return lines("veth.vlan.tagged.id").map(Integer::parseInt).toList();
  }

  private OptionalInt mtu() {
    return text("mtu").stream().mapToInt(Integer::parseInt).filter(mtu -> mtu > 0).findFirst();
  }

  private Stream<String> lines(String key) {
    return text(key).stream().flatMap(String::lines);
  }

  private Optional<String> text(String key) {
    return Optional.ofNullable(nic.settings().get(key))
        .map(Sourced::value)
        .filter(value -> !value.isEmpty());
  }

  private Origin origin(String key) {
    Sourced<String> setting = nic.settings().get(key);
    return setting == null ? nic.type().origin() : setting.origin();
  }
}
