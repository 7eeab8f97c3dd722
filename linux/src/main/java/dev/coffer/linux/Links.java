package dev.coffer.linux;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The network interfaces of one network namespace, to be looked up and changed, rtnetlink(7). The
 * namespace is the conversation's.
 */
public final class Links {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_DELLINK = 17;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_SETLINK = 19;
  private static final byte AF_BRIDGE = 7;
  private static final int NESTED = 0x8000;
  private static final int IFLA_PROTINFO = 12;
  private static final int IFLA_BRPORT_MODE = 4;
  private static final int IFLA_BRPORT_ISOLATED = 33;
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_NET_NS_PID = 19;
  private static final int IFLA_NET_NS_FD = 28;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFF_UP = 1;
  private static final int IFNAMSIZ = 16;

  private final Netlink netlink;

  public Links(Netlink netlink) {
    this.netlink = netlink;
  }

  /**
   * An interface as it was at the moment.
   *
   * @param kind {@code bridge}, {@code veth} …, empty for one of a device
   * @param master index of the bridge it is a port of, 0 for none
   * @param hardwareAddress as {@code 00:16:3e:01:02:03}, empty if it has none
   */
  public record Found(
      int index,
      String name,
      boolean up,
      int mtu,
      String kind,
      int master,
      String hardwareAddress) {}

  /** All there are. */
  public List<Found> all() {
    return netlink.dump(RTM_GETLINK, NetlinkBody.link(0, 0, 0).bytes()).stream()
        .map(message -> found(message.body()))
        .toList();
  }

  /** Empty where there is none of this name. */
  public Optional<Found> find(String name) {
    if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length >= IFNAMSIZ) {
      return Optional.empty();
    }
    try {
      Netlink.Message message =
          netlink.get(
              "look up " + name, RTM_GETLINK, NetlinkBody.link(0, 0, 0).put(IFLA_IFNAME, name));
      return Optional.of(found(message.body()));
    } catch (KernelException e) {
      if (e.is(Errno.ENODEV)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * @throws KernelException ENODEV where there is none of this name
   */
  public Found require(String name) {
    return find(name)
        .orElseThrow(() -> new KernelException("find interface " + name, Errno.ENODEV.number()));
  }

  /**
   * @throws KernelException EEXIST where the name is taken, EOPNOTSUPP where the kernel lacks the
   *     kind
   */
  public void add(NewLink link) {
    netlink.request("create link", RTM_NEWLINK, Netlink.CREATE | Netlink.EXCLUSIVE, link.body());
  }

  public void delete(int index) {
    netlink.request("delete link", RTM_DELLINK, 0, NetlinkBody.link(index, 0, 0));
  }

  public void setUp(int index, boolean up) {
    netlink.request(
        up ? "bring up link" : "take down link",
        RTM_NEWLINK,
        0,
        NetlinkBody.link(index, up ? IFF_UP : 0, IFF_UP));
  }

  public void rename(int index, String name) {
    netlink.request(
        "rename link", RTM_NEWLINK, 0, NetlinkBody.link(index, 0, 0).put(IFLA_IFNAME, name));
  }

  public void setMtu(int index, int bytes) {
    netlink.request("set mtu", RTM_NEWLINK, 0, NetlinkBody.link(index, 0, 0).put(IFLA_MTU, bytes));
  }

  /** As {@code 00:16:3e:01:02:03}. */
  public void setHardwareAddress(int index, String address) {
    netlink.request(
        "set hardware address",
        RTM_NEWLINK,
        0,
        NetlinkBody.link(index, 0, 0).put(IFLA_ADDRESS, NewLink.bytes(address)));
  }

  /**
   * Makes it a port of a bridge.
   *
   * @param master the bridge's index, 0 for none
   */
  public void setMaster(int index, int master) {
    netlink.request(
        "set bridge", RTM_NEWLINK, 0, NetlinkBody.link(index, 0, 0).put(IFLA_MASTER, master));
  }

  /** Keeps a bridge's port from others that are isolated, bridge(8). */
  public void isolate(int index) {
    changePort("isolate port", index, IFLA_BRPORT_ISOLATED);
  }

  /** Lets a bridge send packets back by the port that they came in by, "hairpin" in bridge(8). */
  public void turnAround(int index) {
    changePort("set hairpin", index, IFLA_BRPORT_MODE);
  }

  private void changePort(String name, int index, int flag) {
    NetlinkBody body =
        NetlinkBody.of(AF_BRIDGE, (byte) 0, (byte) 0, (byte) 0).fixed(index).fixed(0).fixed(0);
    netlink.request(
        name, RTM_SETLINK, 0, body.nest(IFLA_PROTINFO | NESTED, port -> port.putByte(flag, 1)));
  }

  /**
   * Takes an interface down and moves it.
   *
   * @param as its name there
   */
  public void move(int index, Fd to, String as) {
    setUp(index, false);
    netlink.request(
        "move link",
        RTM_NEWLINK,
        0,
        NetlinkBody.link(index, 0, 0).put(IFLA_NET_NS_FD, to.number()).put(IFLA_IFNAME, as));
  }

  /** Gives an interface to the network namespace of a process. */
  public void move(int index, int pid) {
    netlink.request(
        "move link", RTM_NEWLINK, 0, NetlinkBody.link(index, 0, 0).put(IFLA_NET_NS_PID, pid));
  }

  /**
   * Takes an interface down and moves it from one namespace to another.
   *
   * @param as its name there
   * @throws KernelException ENODEV where there is none of this name
   */
  public static void move(Fd from, String name, Fd to, String as) {
    try (Netlink netlink = Netlink.open(from)) {
      Links links = new Links(netlink);
      links.move(links.require(name).index(), to, as);
    }
  }

  private static Found found(ByteBuffer ifinfomsg) {
    Map<Integer, ByteBuffer> attributes =
        NetAddresses.attributes(ifinfomsg, (int) Layouts.IFINFOMSG.byteSize());
    ByteBuffer info = attributes.get(IFLA_LINKINFO);
    ByteBuffer kind = info == null ? null : NetAddresses.attributes(info, 0).get(IFLA_INFO_KIND);
    ByteBuffer address = attributes.get(IFLA_ADDRESS);
    return new Found(
        ifinfomsg.getInt(4),
        NetAddresses.text(attributes.get(IFLA_IFNAME)),
        (ifinfomsg.getInt(8) & IFF_UP) != 0,
        attributes.containsKey(IFLA_MTU) ? attributes.get(IFLA_MTU).getInt(0) : 0,
        kind == null ? "" : NetAddresses.text(kind),
        attributes.containsKey(IFLA_MASTER) ? attributes.get(IFLA_MASTER).getInt(0) : 0,
        address == null ? "" : HexFormat.ofDelimiter(":").formatHex(NetAddresses.array(address)));
  }
}
