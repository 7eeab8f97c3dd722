package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.Nic;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.BridgeStep;
import dev.coffer.model.plan.Step;
import java.util.List;
import java.util.Optional;

/** The bridge that an interface of a container becomes a port of. */
final class BridgePlanner {
  /** What systemd-nspawn calls the bridges of zones, so that both share them. */
  private static final String ZONE_PREFIX = "vz-";

  private static final String ZONE = "zone";
  private static final String LINK = "link";

  private final NetworkFacts facts;

  BridgePlanner(NetworkFacts facts) {
    this.facts = facts;
  }

  /** Its name; that of a zone comes first. */
  Optional<String> bridge(Nic nic) {
    return value(nic, ZONE)
        .map(zone -> ZONE_PREFIX + zone.value())
        .or(() -> value(nic, LINK).map(Sourced::value));
  }

  /**
   * What is to be done for it before.
   *
   * @param name the interface's inside the container
   * @param hardwareAddress of that interface
   */
  List<Step> prepare(Nic nic, String name, String hardwareAddress) {
    Optional<Sourced<String>> zone = value(nic, ZONE);
    Optional<Sourced<String>> link = value(nic, LINK);
    if (zone.isPresent() && link.isPresent()) {
      throw new CofferException(
          "an interface is in a zone or has a link, not both",
          List.of(
              "from  " + zone.get().origin().describe(),
              "from  " + link.get().origin().describe(),
              "hint  remove one of the lines, or clear the link: lxc.net."
                  + nic.index()
                  + ".link ="));
    }
    return zone.<Step>map(
            in -> new BridgeStep.JoinZone(name, ZONE_PREFIX + in.value(), in.origin()))
        .or(() ->
            link.filter(bridge -> facts.bridges().contains(bridge.value()))
                .map(bridge ->
                    new BridgeStep.EnsureNetwork(
                        name, bridge.value(), hardwareAddress, bridge.origin())))
        .map(List::of)
        .orElse(List.of());
  }

  private static Optional<Sourced<String>> value(Nic nic, String key) {
    return Optional.ofNullable(nic.settings().get(key)).filter(found -> !found.value().isEmpty());
  }
}
