package dev.coffer.runtime;

import dev.coffer.linux.LinkDetails;
import dev.coffer.linux.Netlink;
import dev.coffer.linux.Programs;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Nic;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.LinkMark;
import dev.coffer.plan.LinkFacts;
import dev.coffer.plan.LinkPrefixes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks at the host's interfaces, for containers whose plan depends on them. */
final class LinkFactsReader {
  private static final Path MODULE = Path.of("/sys/module/openvswitch");

  private LinkFactsReader() {}

  static LinkFacts read(ContainerSpec spec) {
    boolean prefixes = spec.nics().stream().anyMatch(LinkPrefixes::has);
    Set<String> bridges =
        spec.nics().stream()
            .filter(nic -> nic.type().value().equals("veth") && !link(nic).isEmpty())
            .map(LinkFactsReader::link)
            .collect(Collectors.toSet());
    boolean switches = !bridges.isEmpty() && maySwitch();
    if (!prefixes && !switches) {
      return LinkFacts.NONE;
    }
    try (Netlink netlink = Netlink.open()) {
      List<LinkMark> all = LinkDetails.all(netlink).stream().map(LinkDetails::mark).toList();
      return new LinkFacts(
          prefixes ? all.stream().map(LinkMark::name).toList() : List.of(),
          all.stream()
              .filter(mark -> switches && bridges.contains(mark.name()) && isSwitch(mark))
              .map(LinkMark::name)
              .collect(Collectors.toSet()));
    }
  }

  private static String link(Nic nic) {
    Sourced<String> link = nic.settings().get("link");
    return link == null ? "" : link.value();
  }

  /** One in user space needs no module. */
  private static boolean maySwitch() {
    return Files.exists(MODULE) || Programs.find("ovs-vsctl").isPresent();
  }

  /** The port of a switch's own; one in user space is a tun device. */
  private static boolean isSwitch(LinkMark mark) {
    return mark.kind().equals("openvswitch") || mark.kind().equals("tun");
  }
}
