package dev.coffer.linux;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;

/** What one network namespace knows of the addresses of its neighbours, rtnetlink(7). */
public final class Neighbours {
  private static final int RTM_DELNEIGH = 29;
  private static final int RTM_GETNEIGH = 30;
  private static final int NDMSG = 12;
  private static final int NDA_DST = 1;
  private static final int NDA_LLADDR = 2;

  /** Offsets in {@code ndmsg}. */
  private static final int FAMILY = 0;

  private static final int INDEX = 4;

  private final Netlink netlink;

  public Neighbours(Netlink netlink) {
    this.netlink = netlink;
  }

  /**
   * Forgets all that is known of one neighbour on an interface.
   *
   * @param hardwareAddress as {@code 00:16:3e:01:02:03}
   */
  public void forget(int index, String hardwareAddress) {
    for (Netlink.Message message : netlink.dump(RTM_GETNEIGH, new byte[NDMSG])) {
      Map<Integer, ByteBuffer> entry = NetAddresses.attributes(message.body(), NDMSG);
      if (message.body().getInt(INDEX) == index
          && entry.containsKey(NDA_LLADDR)
          && entry.containsKey(NDA_DST)
          && HexFormat.ofDelimiter(":")
              .formatHex(NetAddresses.array(entry.get(NDA_LLADDR)))
              .equals(hardwareAddress)) {
        delete(index, message.body().get(FAMILY), NetAddresses.array(entry.get(NDA_DST)));
      }
    }
  }

  private void delete(int index, byte family, byte[] address) {
    NetlinkBody body = NetlinkBody.of(family, (byte) 0, (byte) 0, (byte) 0).fixed(index).fixed(0);
    try {
      netlink.request("delete neighbour", RTM_DELNEIGH, 0, body.put(NDA_DST, address));
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT)) { // the kernel forgot it first
        throw e;
      }
    }
  }
}
