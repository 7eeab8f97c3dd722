package dev.coffer.linux;

import dev.coffer.model.plan.LinkMark;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An interface as it was at the moment, with what tells it from others and what its kind knows.
 *
 * @param mark by what it is known again
 * @param filtersVlans whether it is a bridge that does so
 * @param defaultVlan of a bridge that filters VLANs; 0 where it has none
 * @param received bytes, as this end sees it
 * @param sent bytes
 */
public record LinkDetails(
    LinkMark mark, boolean filtersVlans, int defaultVlan, long received, long sent) {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_GETLINK = 18;
  private static final int IFINFOMSG = (int) Layouts.IFINFOMSG.byteSize();
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_LINK = 5;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_STATS64 = 23;
  private static final int IFLA_PERM_ADDRESS = 54;
  private static final int IFLA_PARENT_DEV_NAME = 56;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int IFLA_BR_VLAN_FILTERING = 7;
  private static final int IFLA_BR_VLAN_DEFAULT_PVID = 39;

  /**
   * @throws KernelException ENODEV where there is none of this name
   */
  public static LinkDetails require(Netlink netlink, String name) {
    return find(netlink, name)
        .orElseThrow(() -> new KernelException("find interface " + name, Errno.ENODEV.number()));
  }

  /** Empty where there is none of this name. */
  public static Optional<LinkDetails> find(Netlink netlink, String name) {
    OptionalInt index =
        new Links(netlink).find(name).stream().mapToInt(Links.Found::index).findAny();
    if (index.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          of(
              netlink
                  .get("look up " + name, RTM_GETLINK, NetlinkBody.link(index.getAsInt(), 0, 0))
                  .body()));
    } catch (KernelException e) {
      if (e.is(Errno.ENODEV)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** All of a namespace. */
  public static List<LinkDetails> all(Netlink netlink) {
    return netlink.dump(RTM_GETLINK, new byte[IFINFOMSG]).stream()
        .filter(message -> message.type() == RTM_NEWLINK)
        .map(message -> of(message.body()))
        .toList();
  }

  private static LinkDetails of(ByteBuffer ifinfomsg) {
    Map<Integer, ByteBuffer> attributes = NetAddresses.attributes(ifinfomsg, IFINFOMSG);
    ByteBuffer linkInfo = attributes.get(IFLA_LINKINFO);
    Map<Integer, ByteBuffer> info =
        linkInfo == null ? Map.of() : NetAddresses.attributes(linkInfo, 0);
    String kind = text(info.get(IFLA_INFO_KIND));
    ByteBuffer stats = attributes.get(IFLA_STATS64);
    Map<Integer, ByteBuffer> bridge =
        kind.equals("bridge") && info.containsKey(IFLA_INFO_DATA)
            ? NetAddresses.attributes(info.get(IFLA_INFO_DATA), 0)
            : Map.of();
    ByteBuffer vlan = bridge.get(IFLA_BR_VLAN_DEFAULT_PVID);
    ByteBuffer filtering = bridge.get(IFLA_BR_VLAN_FILTERING);
    return new LinkDetails(
        new LinkMark(
            text(attributes.get(IFLA_IFNAME)),
            ifinfomsg.getInt(4),
            kind,
            text(attributes.get(IFLA_PARENT_DEV_NAME)),
            hardware(attributes.get(IFLA_PERM_ADDRESS)),
            number(attributes.get(IFLA_LINK)),
            number(attributes.get(IFLA_MTU)),
            hardware(attributes.get(IFLA_ADDRESS))),
        filtering != null && filtering.get(0) != 0,
        vlan == null ? 0 : Short.toUnsignedInt(vlan.getShort(0)),
        stats == null ? 0 : stats.getLong(16),
        stats == null ? 0 : stats.getLong(24));
  }

  private static int number(ByteBuffer value) {
    return value == null ? 0 : value.getInt(0);
  }

  /** With or without its final NUL. */
  private static String text(ByteBuffer value) {
    return value == null
        ? ""
        : new String(NetAddresses.array(value), StandardCharsets.UTF_8).replace("\0", "");
  }

  private static String hardware(ByteBuffer value) {
    return value == null ? "" : HexFormat.ofDelimiter(":").formatHex(NetAddresses.array(value));
  }
}
