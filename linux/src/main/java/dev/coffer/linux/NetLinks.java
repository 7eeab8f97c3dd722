package dev.coffer.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Changes to network interfaces, rtnetlink(7). */
public final class NetLinks {
  private static final int RTM_SETLINK = 19;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_NET_NS_PID = 19;
  private static final int IFNAMSIZ = 16;
  private static final int ATTRIBUTE = 4;

  private NetLinks() {}

  /**
   * Gives an interface of this network namespace to that of a process.
   *
   * @throws KernelException ENODEV when there is no such interface
   */
  public static void move(String name, int pid) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    if (text.length >= IFNAMSIZ) {
      throw new KernelException("setlink", Errno.ENODEV.number());
    }
    ByteBuffer body =
        ByteBuffer.allocate((int) Layouts.IFINFOMSG.byteSize() + 2 * ATTRIBUTE + IFNAMSIZ + 4)
            .order(ByteOrder.nativeOrder());
    body.position((int) Layouts.IFINFOMSG.byteSize());
    body.putShort((short) (ATTRIBUTE + IFNAMSIZ)).putShort((short) IFLA_IFNAME).put(text);
    body.position((int) Layouts.IFINFOMSG.byteSize() + ATTRIBUTE + IFNAMSIZ);
    body.putShort((short) (ATTRIBUTE + 4)).putShort((short) IFLA_NET_NS_PID).putInt(pid);
    try (Netlink netlink = Netlink.open()) {
      netlink.request("setlink", RTM_SETLINK, 0, body.array());
    }
  }
}
