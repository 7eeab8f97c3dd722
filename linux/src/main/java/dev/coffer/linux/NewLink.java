package dev.coffer.linux;

import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A network interface that is to be made, as {@code RTM_NEWLINK} wants it. Whatever is not given is
 * the kernel's choice.
 */
public final class NewLink {
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_LINK = 5;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_NET_NS_FD = 28;
  private static final int IFLA_NUM_TX_QUEUES = 31;
  private static final int IFLA_NUM_RX_QUEUES = 32;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int VETH_INFO_PEER = 1;
  private static final int IFF_UP = 1;

  private final String name;
  private final String kind;
  private boolean up;
  private Optional<String> hardwareAddress = Optional.empty();
  private OptionalInt mtu = OptionalInt.empty();
  private OptionalInt parent = OptionalInt.empty();
  private OptionalInt master = OptionalInt.empty();
  private Optional<Fd> namespace = Optional.empty();
  private int receiveQueues;
  private int sendQueues;
  private Consumer<NetlinkBody> data = body -> {};
  private boolean hasData;

  private NewLink(String name, String kind) {
    this.name = name;
    this.kind = kind;
  }

  /**
   * @param kind {@code veth}, {@code macvlan}, {@code bridge} …
   */
  public static NewLink of(String name, String kind) {
    return new NewLink(name, kind);
  }

  /** A pair of veth(4): this end, and the other. */
  public NewLink withPeer(NewLink peer) {
    return withData(body ->
        body.nestLink(
            VETH_INFO_PEER,
            peer.flags(),
            inner -> peer.putAttributes(inner.put(IFLA_IFNAME, peer.name))));
  }

  public NewLink up(boolean isUp) {
    up = isUp;
    return this;
  }

  /** As {@code 00:16:3e:01:02:03}. */
  public NewLink hardwareAddress(Optional<String> address) {
    hardwareAddress = address;
    return this;
  }

  public NewLink mtu(OptionalInt bytes) {
    mtu = bytes;
    return this;
  }

  /** The interface it lies on; of the namespace of the request. */
  public NewLink parent(int index) {
    parent = OptionalInt.of(index);
    return this;
  }

  /** The bridge it is a port of. */
  public NewLink master(int index) {
    master = OptionalInt.of(index);
    return this;
  }

  /** The network namespace it is born in. */
  public NewLink in(Fd network) {
    namespace = Optional.of(network);
    return this;
  }

  /** 0 leaves a number to the kernel. */
  public NewLink queues(int receive, int send) {
    receiveQueues = receive;
    sendQueues = send;
    return this;
  }

  /** Attributes of its kind. */
  public NewLink withData(Consumer<NetlinkBody> attributes) {
    data = attributes;
    hasData = true;
    return this;
  }

  NetlinkBody body() {
    NetlinkBody body = NetlinkBody.link(0, flags(), flags()).put(IFLA_IFNAME, name);
    putAttributes(body);
    body.nest(
        IFLA_LINKINFO,
        info -> {
          info.put(IFLA_INFO_KIND, kind);
          if (hasData) {
            info.nest(IFLA_INFO_DATA, data);
          }
        });
    return body;
  }

  private int flags() {
    return up ? IFF_UP : 0;
  }

  private void putAttributes(NetlinkBody body) {
    hardwareAddress.ifPresent(address -> body.put(IFLA_ADDRESS, bytes(address)));
    mtu.ifPresent(bytes -> body.put(IFLA_MTU, bytes));
    parent.ifPresent(index -> body.put(IFLA_LINK, index));
    master.ifPresent(index -> body.put(IFLA_MASTER, index));
    namespace.ifPresent(fd -> body.put(IFLA_NET_NS_FD, fd.number()));
    if (sendQueues > 0) {
      body.put(IFLA_NUM_TX_QUEUES, sendQueues);
    }
    if (receiveQueues > 0) {
      body.put(IFLA_NUM_RX_QUEUES, receiveQueues);
    }
  }

  static byte[] bytes(String hardwareAddress) {
    return HexFormat.ofDelimiter(":").parseHex(hardwareAddress);
  }
}
