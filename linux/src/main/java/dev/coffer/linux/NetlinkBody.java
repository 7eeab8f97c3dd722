package dev.coffer.linux;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Builds what follows the header of a netlink message: a fixed part, then attributes, which nest.
 */
public final class NetlinkBody {
  private static final int MOST = 4096;
  private static final int ATTRIBUTE = 4;

  private final ByteBuffer bytes = ByteBuffer.allocate(MOST).order(ByteOrder.nativeOrder());

  private NetlinkBody() {}

  /**
   * Begins with {@code ifinfomsg}.
   *
   * @param index 0 where the name tells which one, or for a new one
   * @param flags those to be set
   * @param change those meant
   */
  public static NetlinkBody link(int index, int flags, int change) {
    return new NetlinkBody().linkHeader(index, flags, change);
  }

  /** Begins with {@code ifinfomsg} of a family. */
  static NetlinkBody bridgeLink(byte family, int index) {
    NetlinkBody body = new NetlinkBody();
    body.bytes.putInt(family).putInt(index).putInt(0).putInt(0);
    return body;
  }

  /** Begins with a fixed part of bytes, as a structure of the kernel's has them. */
  public static NetlinkBody of(byte... fixed) {
    NetlinkBody body = new NetlinkBody();
    body.bytes.put(fixed);
    return body;
  }

  private NetlinkBody linkHeader(int index, int flags, int change) {
    bytes.putInt(0).putInt(index).putInt(flags).putInt(change);
    return this;
  }

  /** A number of a fixed part. */
  public NetlinkBody fixed(int value) {
    bytes.putInt(value);
    return this;
  }

  public NetlinkBody put(int type, byte[] value) {
    bytes.putShort((short) (ATTRIBUTE + value.length)).putShort((short) type).put(value);
    return pad();
  }

  public NetlinkBody put(int type, int value) {
    bytes.putShort((short) (ATTRIBUTE + 4)).putShort((short) type).putInt(value);
    return this;
  }

  public NetlinkBody putShort(int type, int value) {
    bytes.putShort((short) (ATTRIBUTE + 2)).putShort((short) type).putShort((short) value);
    return pad();
  }

  public NetlinkBody putByte(int type, int value) {
    return put(type, new byte[] {(byte) value});
  }

  /** With its final NUL. */
  public NetlinkBody put(int type, String text) {
    return put(type, (text + "\0").getBytes(StandardCharsets.UTF_8));
  }

  public NetlinkBody put(int type, InetAddress address) {
    return put(type, address.getAddress());
  }

  /** An attribute that holds attributes. */
  public NetlinkBody nest(int type, Consumer<NetlinkBody> inner) {
    int start = bytes.position();
    bytes.putShort((short) 0).putShort((short) type);
    inner.accept(this);
    bytes.putShort(start, (short) (bytes.position() - start));
    return pad();
  }

  /** An attribute that holds an {@code ifinfomsg} and attributes of a link. */
  NetlinkBody nestLink(int type, int flags, Consumer<NetlinkBody> inner) {
    return nest(type, body -> inner.accept(body.linkHeader(0, flags, flags)));
  }

  private NetlinkBody pad() {
    while (bytes.position() % 4 != 0) {
      bytes.put((byte) 0);
    }
    return this;
  }

  byte[] bytes() {
    return Arrays.copyOf(bytes.array(), bytes.position());
  }
}
