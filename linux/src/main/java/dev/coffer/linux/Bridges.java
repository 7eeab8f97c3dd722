package dev.coffer.linux;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Bridges of one network namespace and what is attached to them, rtnetlink(7). */
public final class Bridges {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_GETLINK = 18;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_IFALIAS = 20;
  private static final int IFINFOMSG = (int) Layouts.IFINFOMSG.byteSize();

  private final Netlink netlink;

  public Bridges(Netlink netlink) {
    this.netlink = netlink;
  }

  /** The names of the interfaces that are ports of a bridge. */
  public List<String> ports(int bridge) {
    return netlink.dump(RTM_GETLINK, new byte[IFINFOMSG]).stream()
        .filter(message -> message.type() == RTM_NEWLINK)
        .map(message -> NetAddresses.attributes(message.body(), IFINFOMSG))
        .filter(link -> masterOf(link) == bridge)
        .map(link -> NetAddresses.text(link.get(IFLA_IFNAME)))
        .toList();
  }

  private static int masterOf(Map<Integer, ByteBuffer> link) {
    return link.containsKey(IFLA_MASTER) ? link.get(IFLA_MASTER).getInt(0) : 0;
  }

  /** A note that stays with an interface as long as that is there; empty where it has none. */
  public Optional<String> note(int index) {
    Netlink.Message message =
        netlink.get("look up note", RTM_GETLINK, NetlinkBody.link(index, 0, 0));
    return Optional.ofNullable(NetAddresses.attributes(message.body(), IFINFOMSG).get(IFLA_IFALIAS))
        .map(NetAddresses::text);
  }

  /**
   * @param note at most 255 bytes
   */
  public void setNote(int index, String note) {
    netlink.request(
        "set note", RTM_NEWLINK, 0, NetlinkBody.link(index, 0, 0).put(IFLA_IFALIAS, note));
  }
}
