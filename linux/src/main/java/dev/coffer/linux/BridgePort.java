package dev.coffer.linux;

/** The VLANs that a port of a bridge is in, {@code struct bridge_vlan_info} of if_bridge.h. */
public final class BridgePort {
  private static final int RTM_SETLINK = 19;
  private static final int RTM_DELLINK = 17;
  private static final byte AF_BRIDGE = 7;
  private static final int IFLA_AF_SPEC = 26;
  private static final int IFLA_BRIDGE_VLAN_INFO = 2;

  /** Packets without a tag belong to it, and its packets leave without one. */
  private static final int UNTAGGED = 2 | 4;

  private final Netlink netlink;
  private final int index;

  /**
   * @param index of the port's interface
   */
  public BridgePort(Netlink netlink, int index) {
    this.netlink = netlink;
    this.index = index;
  }

  /**
   * Puts it into a VLAN.
   *
   * @param id 1 to 4094
   * @param tagged whether its packets carry a tag
   * @throws KernelException EINVAL for another number
   */
  public void join(int id, boolean tagged) {
    netlink.request("join VLAN " + id, RTM_SETLINK, 0, body(id, tagged ? 0 : UNTAGGED));
  }

  /** Takes it out of a VLAN. */
  public void leave(int id) {
    netlink.request("leave VLAN " + id, RTM_DELLINK, 0, body(id, 0));
  }

  private NetlinkBody body(int id, int flags) {
    byte[] info = {(byte) flags, (byte) (flags >> 8), (byte) id, (byte) (id >> 8)};
    return NetlinkBody.bridgeLink(AF_BRIDGE, index)
        .nest(IFLA_AF_SPEC, spec -> spec.put(IFLA_BRIDGE_VLAN_INFO, info));
  }
}
