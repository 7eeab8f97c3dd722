package dev.coffer.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Moves network interfaces between namespaces, rtnetlink(7). */
public final class Links {
  private static final int RTM_NEWLINK = 16;
  private static final int IFINFOMSG = 16;
  private static final int INDEX = 4;
  private static final int CHANGE = 12;
  private static final int IFF_UP = 1;
  private static final short IFLA_IFNAME = 3;
  private static final short IFLA_NET_NS_FD = 28;

  private Links() {}

  /**
   * Takes an interface down and moves it.
   *
   * @param from the network namespace it is in
   * @param as its name there
   * @throws KernelException ENODEV where there is none of this name
   */
  public static void move(Fd from, String name, Fd to, String as) {
    int index =
        NetAddresses.read(from).stream()
            .filter(link -> link.name().equals(name))
            .mapToInt(NetAddresses.Link::index)
            .findFirst()
            .orElseThrow(
                () -> new KernelException("find interface " + name, Errno.ENODEV.number()));
    try (Netlink netlink = Netlink.open(from)) {
      byte[] down = link(index, 0);
      ByteBuffer.wrap(down).order(ByteOrder.LITTLE_ENDIAN).putInt(CHANGE, IFF_UP);
      netlink.request("take down " + name, RTM_NEWLINK, 0, down);
      byte[] label = (as + "\0").getBytes(StandardCharsets.UTF_8);
      ByteBuffer move = ByteBuffer.wrap(link(index, 8 + 4 + padded(label.length)));
      move.order(ByteOrder.LITTLE_ENDIAN).position(IFINFOMSG);
      move.putShort((short) 8).putShort(IFLA_NET_NS_FD).putInt(to.number());
      move.putShort((short) (4 + label.length)).putShort(IFLA_IFNAME).put(label);
      netlink.request("move interface " + name, RTM_NEWLINK, 0, move.array());
    }
  }

  private static byte[] link(int index, int attributes) {
    return ByteBuffer.allocate(IFINFOMSG + attributes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(INDEX, index)
        .array();
  }

  private static int padded(int length) {
    return (length + 3) & ~3;
  }
}
