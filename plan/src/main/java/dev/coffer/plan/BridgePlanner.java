package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.Nic;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.BridgeStep;
import dev.coffer.model.plan.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The bridge that an interface of a container is attached to, where it is to be made first. */
final class BridgePlanner {
  /** What systemd-nspawn calls the bridges of zones, so that both share them. */
  private static final String ZONE_PREFIX = "vz-";

  private static final String ZONE = "zone";
  private static final String LINK = "link";

  private final NetworkFacts facts;

  BridgePlanner(NetworkFacts facts) {
    this.facts = facts;
  }

  /**
   * The interfaces of which those in a zone have its bridge as their link.
   *
   * @throws CofferException where a zone cannot be
   */
  static List<Nic> withZones(List<Nic> nics) {
    return nics.stream()
        .map(nic -> value(nic, ZONE).map(zone -> inZone(nic, zone)).orElse(nic))
        .toList();
  }

  private static Nic inZone(Nic nic, Sourced<String> zone) {
    value(nic, LINK)
        .ifPresent(link -> {
          throw new CofferException(
              "an interface is in a zone or has a link, not both",
              List.of(
                  "from  " + zone.origin().describe(),
                  "from  " + link.origin().describe(),
                  "hint  remove one, or clear the link: lxc.net." + nic.index() + ".link ="));
        });
    boolean isRouter = value(nic, "veth.mode").filter(m -> m.value().equals("router")).isPresent();
    if (!nic.type().value().equals("veth") || isRouter) {
      throw new CofferException(
          "only a veth of mode bridge can be in a zone",
          List.of(
              "from  " + zone.origin().describe(),
              "hint  lxc.net." + nic.index() + ".type = veth"));
    }
    Map<String, Sourced<String>> settings = new HashMap<>(nic.settings());
    settings.put(LINK, new Sourced<>(ZONE_PREFIX + zone.value(), zone.origin()));
    return new Nic(nic.index(), nic.type(), settings);
  }

  /**
   * What is to be done before an interface is made.
   *
   * @param nic of {@link #withZones}
   * @param name the interface's inside the container
   * @param hardwareAddress of that interface
   */
  List<Step> prepare(Nic nic, String name, String hardwareAddress) {
    Optional<Sourced<String>> link = value(nic, LINK);
    if (link.isEmpty()) {
      return List.of();
    }
    String bridge = link.get().value();
    if (value(nic, ZONE).isPresent()) {
      return List.of(new BridgeStep.JoinZone(name, bridge, link.get().origin()));
    }
    return facts.bridges().contains(bridge)
        ? List.of(new BridgeStep.EnsureNetwork(name, bridge, hardwareAddress, link.get().origin()))
        : List.of();
  }

  private static Optional<Sourced<String>> value(Nic nic, String key) {
    return Optional.ofNullable(nic.settings().get(key)).filter(found -> !found.value().isEmpty());
  }
}
