package dev.coffer.linux;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/** Addresses and routes of one network namespace, to be changed, rtnetlink(7). */
public final class IpConfig {
  /** Where an address or route counts, the kernel's {@code rt_scope_t}. */
  private static final int UNIVERSE = 0;

  private static final int LINK = 253;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int RTM_NEWROUTE = 24;
  private static final int RTM_DELROUTE = 25;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_BROADCAST = 4;
  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int TABLE_MAIN = 254;
  private static final int PROTOCOL_BOOT = 3;
  private static final int UNICAST = 1;
  private static final byte AF_INET = 2;
  private static final byte AF_INET6 = 10;

  private final Netlink netlink;

  public IpConfig(Netlink netlink) {
    this.netlink = netlink;
  }

  private static byte family(InetAddress address) {
    return address instanceof Inet4Address ? AF_INET : AF_INET6;
  }

  /**
   * Adds an address. One of IPv6 is used when the kernel has found nobody else who has it.
   *
   * @param index of the interface
   */
  public void addAddress(
      int index, InetAddress address, int prefix, Optional<InetAddress> broadcast) {
    NetlinkBody body =
        NetlinkBody.of(family(address), (byte) prefix, (byte) 0, (byte) UNIVERSE)
            .fixed(index)
            .put(IFA_LOCAL, address)
            .put(IFA_ADDRESS, address);
    broadcast.ifPresent(all -> body.put(IFA_BROADCAST, all));
    netlink.request("add address", RTM_NEWADDR, Netlink.CREATE | Netlink.EXCLUSIVE, body);
  }

  /** Takes an address away, with the routes that it brought. */
  public void deleteAddress(int index, InetAddress address, int prefix) {
    netlink.request(
        "delete address",
        RTM_DELADDR,
        0,
        NetlinkBody.of(family(address), (byte) prefix, (byte) 0, (byte) UNIVERSE)
            .fixed(index)
            .put(IFA_LOCAL, address));
  }

  /**
   * Adds a route by way of a gateway.
   *
   * @param destination any address of the family for {@code prefix} 0
   * @throws KernelException ENETUNREACH where the gateway is not on the link
   */
  public void addRoute(int index, InetAddress destination, int prefix, InetAddress gateway) {
    NetlinkBody body = route(destination, prefix, UNIVERSE).put(RTA_OIF, index);
    netlink.request(
        "add route",
        RTM_NEWROUTE,
        Netlink.CREATE | Netlink.EXCLUSIVE,
        body.put(RTA_GATEWAY, gateway));
  }

  /**
   * Adds a route to what is on the link itself.
   *
   * @param destination any address of the family for {@code prefix} 0
   */
  public void addRoute(int index, InetAddress destination, int prefix) {
    netlink.request(
        "add route",
        RTM_NEWROUTE,
        Netlink.CREATE | Netlink.EXCLUSIVE,
        route(destination, prefix, scope(destination, prefix)).put(RTA_OIF, index));
  }

  /** As LXC has it: all the world is not taken for the link. */
  private static int scope(InetAddress destination, int prefix) {
    return destination instanceof Inet4Address && prefix > 0 ? LINK : UNIVERSE;
  }

  /**
   * Removes a route to what is on the link.
   *
   * @throws KernelException ESRCH where there is none
   */
  public void removeRoute(int index, InetAddress destination, int prefix) {
    netlink.request(
        "remove route",
        RTM_DELROUTE,
        0,
        route(destination, prefix, scope(destination, prefix)).put(RTA_OIF, index));
  }

  /** {@code rtmsg}, and the destination where it is not everything. */
  private static NetlinkBody route(InetAddress destination, int prefix, int scope) {
    NetlinkBody body =
        NetlinkBody.of(
            family(destination),
            (byte) prefix,
            (byte) 0,
            (byte) 0,
            (byte) TABLE_MAIN,
            (byte) PROTOCOL_BOOT,
            (byte) scope,
            (byte) UNICAST);
    body.fixed(0);
    return prefix == 0 ? body : body.put(RTA_DST, destination);
  }
}
