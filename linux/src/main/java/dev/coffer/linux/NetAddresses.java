package dev.coffer.linux;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The interfaces of a network namespace with their addresses and counters, read by rtnetlink(7).
 */
public final class NetAddresses {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_GETADDR = 22;
  private static final int IFINFOMSG = (int) Layouts.IFINFOMSG.byteSize();
  private static final int IFADDRMSG = (int) Layouts.IFADDRMSG.byteSize();
  private static final int IFF_UP = 1;
  private static final int IFF_LOOPBACK = 8;
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_STATS64 = 23;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;

  private NetAddresses() {}

  /** How far an address is valid, the kernel's {@code rt_scope_t}. */
  public enum Scope {
    GLOBAL,
    SITE,
    LINK,
    HOST;

    private static Scope of(int number) {
      return switch (number) {
        case 200 -> SITE;
        case 253 -> LINK;
        case 254 -> HOST;
        default -> GLOBAL;
      };
    }
  }

  /** An address of an interface; its class tells the family. */
  public record Address(InetAddress address, int prefix, Scope scope) {}

  /**
   * An interface.
   *
   * @param hardwareAddress as {@code 00:16:3e:01:02:03}, empty if it has none
   * @param received bytes, as this end sees it
   * @param sent bytes
   */
  public record Link(
      int index,
      String name,
      boolean up,
      boolean loopback,
      String hardwareAddress,
      int mtu,
      long received,
      long sent,
      List<Address> addresses) {}

  /** Those of this thread's namespace. */
  public static List<Link> read() {
    try (Netlink netlink = Netlink.open()) {
      return read(netlink);
    }
  }

  /** Those of another namespace, by the kernel's numbering. */
  public static List<Link> read(Fd namespace) {
    try (Netlink netlink = Netlink.open(namespace)) {
      return read(netlink);
    }
  }

  private static List<Link> read(Netlink netlink) {
    Map<Integer, List<Address>> addresses = new TreeMap<>();
    for (Netlink.Message message : netlink.dump(RTM_GETADDR, new byte[IFADDRMSG])) {
      if (message.type() == RTM_NEWADDR) {
        int index = message.body().getInt(4);
        addresses.computeIfAbsent(index, any -> new ArrayList<>()).add(address(message.body()));
      }
    }
    return netlink.dump(RTM_GETLINK, new byte[IFINFOMSG]).stream()
        .filter(message -> message.type() == RTM_NEWLINK)
        .map(message -> link(message.body(), addresses))
        .toList();
  }

  private static Address address(ByteBuffer ifaddrmsg) {
    Map<Integer, ByteBuffer> attributes = attributes(ifaddrmsg, IFADDRMSG);
    // On a point-to-point link IFA_ADDRESS is the other end's, and IFA_LOCAL this end's.
    ByteBuffer bytes = attributes.getOrDefault(IFA_LOCAL, attributes.get(IFA_ADDRESS));
    return new Address(inet(bytes), ifaddrmsg.get(1) & 0xff, Scope.of(ifaddrmsg.get(3) & 0xff));
  }

  private static Link link(ByteBuffer ifinfomsg, Map<Integer, List<Address>> addresses) {
    int index = ifinfomsg.getInt(4);
    int flags = ifinfomsg.getInt(8);
    Map<Integer, ByteBuffer> attributes = attributes(ifinfomsg, IFINFOMSG);
    ByteBuffer stats = attributes.get(IFLA_STATS64);
    return new Link(
        index,
        text(attributes.get(IFLA_IFNAME)),
        (flags & IFF_UP) != 0,
        (flags & IFF_LOOPBACK) != 0,
        hardware(attributes.get(IFLA_ADDRESS)),
        attributes.containsKey(IFLA_MTU) ? attributes.get(IFLA_MTU).getInt(0) : 0,
        stats == null ? 0 : stats.getLong(16), // struct rtnl_link_stats64: two packet counts before
        stats == null ? 0 : stats.getLong(24),
        List.copyOf(addresses.getOrDefault(index, List.of())));
  }

  /** struct rtattr: u16 length with this header, u16 type, content, padding to four bytes. */
  static Map<Integer, ByteBuffer> attributes(ByteBuffer message, int from) {
    Map<Integer, ByteBuffer> attributes = new TreeMap<>();
    for (int at = from; at + 4 <= message.limit(); ) {
      int length = Short.toUnsignedInt(message.getShort(at));
      if (length < 4 || at + length > message.limit()) {
        break;
      }
      int type = message.getShort(at + 2) & 0x3fff; // the upper bits say "nested" and "big-endian"
      attributes.put(type, message.slice(at + 4, length - 4).order(message.order()));
      at += (length + 3) / 4 * 4;
    }
    return attributes;
  }

  private static InetAddress inet(ByteBuffer bytes) {
    try {
      return InetAddress.getByAddress(array(bytes));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.limit() + " bytes", e);
    }
  }

  static String text(ByteBuffer terminated) {
    byte[] bytes = array(terminated);
    return new String(bytes, 0, bytes.length - 1, StandardCharsets.UTF_8);
  }

  private static String hardware(ByteBuffer bytes) {
    return bytes == null ? "" : HexFormat.ofDelimiter(":").formatHex(array(bytes));
  }

  static byte[] array(ByteBuffer bytes) {
    byte[] array = new byte[bytes.limit()];
    bytes.get(0, array);
    return array;
  }
}
