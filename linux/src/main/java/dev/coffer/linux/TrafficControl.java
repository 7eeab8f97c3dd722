package dev.coffer.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Queueing disciplines of the interfaces of one network namespace, tc(8) over rtnetlink(7). */
public final class TrafficControl {
  private static final int RTM_NEWQDISC = 36;
  private static final int RTM_NEWTFILTER = 44;
  private static final int TCA_KIND = 1;
  private static final int TCA_OPTIONS = 2;
  private static final int ROOT = 0xffffffff;
  private static final int INGRESS = 0xfffffff1;
  private static final int ROOT_HANDLE = 0x10000;
  private static final int INGRESS_HANDLE = 0xffff0000;

  /** Priority 1 in the upper half; in the lower ETH_P_ALL as it is on the wire. */
  private static final int ALL_PROTOCOLS = 0x10000 | 0x0300;

  private static final int TBF_PARAMETERS = 1;
  private static final int TBF_RATE64 = 4;
  private static final int TBF_BURST = 6;
  private static final int TBF_QOPT = 36;
  private static final int TBF_LIMIT = 24;
  private static final int RATE = 8;
  private static final byte LINK_LAYER_ETHERNET = 1;
  private static final long HIGHEST_RATE32 = 0xffffffffL;
  private static final int U32_SELECTOR = 5;
  private static final int U32_ACTIONS = 7;
  private static final int ACTION_KIND = 1;
  private static final int ACTION_OPTIONS = 2;
  private static final int MIRRED_PARAMETERS = 2;
  private static final int STOLEN = 4;
  private static final int EGRESS_REDIRECT = 1;

  private final Netlink netlink;

  public TrafficControl(Netlink netlink) {
    this.netlink = netlink;
  }

  /**
   * Delays what an interface sends so that it stays below a rate, tc-tbf(8).
   *
   * @param index of the interface
   * @param rate bytes a second
   * @param burst bytes that may pass at once
   * @param limit bytes that may wait; what comes beyond is dropped
   * @throws KernelException ENOENT where the kernel lacks the discipline
   */
  public void limitSending(int index, long rate, int burst, int limit) {
    ByteBuffer parameters = buffer(TBF_QOPT);
    parameters.put(1, LINK_LAYER_ETHERNET); // else the kernel wants a table of the times
    parameters.putInt(RATE, (int) Math.min(rate, HIGHEST_RATE32));
    parameters.putInt(TBF_LIMIT, limit);
    NetlinkBody body =
        tcmsg(index, ROOT_HANDLE, ROOT, 0)
            .put(TCA_KIND, "tbf")
            .nest(
                TCA_OPTIONS,
                options -> {
                  options.put(TBF_PARAMETERS, parameters.array()).put(TBF_BURST, burst);
                  if (rate > HIGHEST_RATE32) {
                    options.put(TBF_RATE64, buffer(Long.BYTES).putLong(rate).array());
                  }
                });
    netlink.request("add qdisc tbf", RTM_NEWQDISC, Netlink.CREATE | Netlink.EXCLUSIVE, body);
  }

  /**
   * Leads all that an interface receives through another one, as which it then goes on.
   *
   * @param index of the interface
   * @param through index of an ifb
   * @throws KernelException ENOENT where the kernel lacks what it takes
   */
  public void redirectReceived(int index, int through) {
    netlink.request(
        "add qdisc ingress",
        RTM_NEWQDISC,
        Netlink.CREATE | Netlink.EXCLUSIVE,
        tcmsg(index, INGRESS_HANDLE, INGRESS, 0).put(TCA_KIND, "ingress"));
    NetlinkBody filter =
        tcmsg(index, 0, INGRESS_HANDLE, ALL_PROTOCOLS)
            .put(TCA_KIND, "u32")
            .nest(
                TCA_OPTIONS,
                options ->
                    options
                        .put(U32_SELECTOR, everything())
                        .nest(
                            U32_ACTIONS,
                            actions -> actions.nest(1, one -> redirect(one, through))));
    netlink.request(
        "add filter u32 mirred", RTM_NEWTFILTER, Netlink.CREATE | Netlink.EXCLUSIVE, filter);
  }

  /** {@code struct tc_u32_sel} with one key, whose mask fits whatever is there. */
  private static byte[] everything() {
    byte terminal = 1;
    return buffer(32).put(0, terminal).put(2, (byte) 1).array();
  }

  private static void redirect(NetlinkBody action, int through) {
    byte[] mirred =
        buffer(28).putInt(8, STOLEN).putInt(20, EGRESS_REDIRECT).putInt(24, through).array();
    action
        .put(ACTION_KIND, "mirred")
        .nest(ACTION_OPTIONS, options -> options.put(MIRRED_PARAMETERS, mirred));
  }

  private static NetlinkBody tcmsg(int index, int handle, int parent, int info) {
    return NetlinkBody.of((byte) 0, (byte) 0, (byte) 0, (byte) 0)
        .fixed(index)
        .fixed(handle)
        .fixed(parent)
        .fixed(info);
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }
}
