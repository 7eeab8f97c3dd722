package dev.coffer;

import dev.coffer.linux.LinkDetails;
import dev.coffer.linux.Netlink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What went through a container's interfaces, as the host counts it. */
final class LinkUsage {
  /** Numbers of blocks have gaps, but not wider ones. */
  private static final int MOST = 256;

  private LinkUsage() {}

  /**
   * As lxc-info(1) has it: of a veth its end on the host, of others their link, as long as that is
   * there.
   *
   * @param item what a key of the running container says
   */
  static List<Usage.Link> of(Function<String, Optional<String>> item) {
    List<String> blocks =
        item.apply("lxc.net").stream().flatMap(String::lines).filter(l -> !l.isBlank()).toList();
    if (blocks.isEmpty()) {
      return List.of();
    }
    List<Usage.Link> links = new ArrayList<>();
    try (Netlink netlink = Netlink.open()) {
      for (int number = 0, found = 0; found < blocks.size() && number < MOST; number++) {
        String block = "lxc.net." + number;
        Optional<String> type = item.apply(block + ".type").filter(word -> !word.isEmpty());
        if (type.isEmpty()) {
          continue;
        }
        found++;
        boolean isVeth = type.get().equals("veth");
        item.apply(block + (isVeth ? ".veth.pair" : ".link"))
            .flatMap(name -> LinkDetails.find(netlink, name))
            .ifPresent(link -> links.add(seenFromInside(link)));
      }
    }
    return links;
  }

  /** What the host receives the container has sent, and the other way round. */
  private static Usage.Link seenFromInside(LinkDetails link) {
    return new Usage.Link(link.mark().name(), link.received(), link.sent());
  }
}
