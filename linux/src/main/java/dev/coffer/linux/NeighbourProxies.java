package dev.coffer.linux;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;

/** The addresses that an interface answers for in place of others, ip-neighbour(8) "proxy". */
public final class NeighbourProxies {
  private static final int RTM_NEWNEIGH = 28;
  private static final int RTM_DELNEIGH = 29;
  private static final int RTM_GETNEIGH = 30;
  private static final int NDA_DST = 1;
  private static final int NDMSG = 12;
  private static final int NUD_PERMANENT = 0x80;
  private static final int NTF_PROXY = 0x08;
  private static final byte AF_INET = 2;
  private static final byte AF_INET6 = 10;

  private final Netlink netlink;
  private final int index;

  /**
   * @param index of the interface
   */
  public NeighbourProxies(Netlink netlink, int index) {
    this.netlink = netlink;
    this.index = index;
  }

  public void add(InetAddress address) {
    netlink.request(
        "add neighbour proxy", RTM_NEWNEIGH, Netlink.CREATE, body(address).put(NDA_DST, address));
  }

  /**
   * @throws KernelException ENOENT where there is none
   */
  public void remove(InetAddress address) {
    netlink.request("remove neighbour proxy", RTM_DELNEIGH, 0, body(address).put(NDA_DST, address));
  }

  public boolean has(InetAddress address) {
    return netlink.dump(RTM_GETNEIGH, body(address).bytes()).stream()
        .filter(message -> message.type() == RTM_NEWNEIGH && message.body().getInt(4) == index)
        .map(message -> NetAddresses.attributes(message.body(), NDMSG).get(NDA_DST))
        .anyMatch(found ->
            found != null && Arrays.equals(NetAddresses.array(found), address.getAddress()));
  }

  /** {@code ndmsg}. */
  private NetlinkBody body(InetAddress address) {
    byte family = address instanceof Inet4Address ? AF_INET : AF_INET6;
    return NetlinkBody.of(family, (byte) 0, (byte) 0, (byte) 0)
        .fixed(index)
        .fixed(NUD_PERMANENT | NTF_PROXY << 16); // u16 state, u8 flags, u8 type
  }
}
