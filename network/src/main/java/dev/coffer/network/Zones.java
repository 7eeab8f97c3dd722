package dev.coffer.network;

import dev.coffer.linux.Bridges;
import dev.coffer.linux.Errno;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Links;
import dev.coffer.linux.Netlink;
import dev.coffer.linux.NewLink;
import java.util.Optional;

/**
 * The bridges of zones. How many containers a zone has is what its bridge has ports, so no count
 * can be wrong. Only bridges with a note of ours are removed.
 */
final class Zones {
  private static final String NOTE = "zone of containers";

  private Zones() {}

  static void make(String bridge) {
    try (Netlink netlink = Netlink.open()) {
      Links links = new Links(netlink);
      Optional<Links.Found> found = links.find(bridge);
      if (found.isEmpty()) {
        links.add(NewLink.of(bridge, "bridge"));
        Links.Found made = links.require(bridge);
        new Bridges(netlink).setNote(made.index(), NOTE);
        links.setUp(made.index(), true);
      } else if (!found.get().kind().equals("bridge")) {
        throw new KernelException("create link", Errno.EEXIST.number());
      } else if (!found.get().up()) {
        links.setUp(found.get().index(), true);
      }
    }
  }

  static void remove(String bridge) {
    try (Netlink netlink = Netlink.open()) {
      Links links = new Links(netlink);
      Optional<Links.Found> found = links.find(bridge);
      Bridges bridges = new Bridges(netlink);
      if (found.isPresent()
          && bridges.note(found.get().index()).equals(Optional.of(NOTE))
          && bridges.ports(found.get().index()).isEmpty()) {
        links.delete(found.get().index());
      }
    }
  }
}
