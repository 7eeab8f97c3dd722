package dev.coffer.network;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Gives an address back in the place of a client that is gone, DHCPRELEASE of RFC 2131: a container
 * that is killed cannot, and addresses are few.
 */
final class DhcpRelease {
  private static final int SERVER_PORT = 67;

  /** The fixed part of a packet, RFC 2131 section 2. */
  private static final int FIXED = 236;

  private static final int CLIENT_ADDRESS = 12;
  private static final int CLIENT_HARDWARE = 28;
  private static final byte REQUEST = 1;
  private static final byte ETHERNET = 1;
  private static final byte HARDWARE_LENGTH = 6;
  private static final int MAGIC = 0x63825363;

  /** Options of RFC 2132. */
  private static final byte MESSAGE_TYPE = 53;

  private static final byte SERVER = 54;
  private static final byte CLIENT_ID = 61;
  private static final byte END = (byte) 255;
  private static final byte RELEASE = 7;
  private static final int MOST_OPTIONS = 300;

  private DhcpRelease() {}

  static void send(Lease lease, InetAddress server) throws IOException {
    byte[] bytes = packet(lease, server);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.send(new DatagramPacket(bytes, bytes.length, server, SERVER_PORT));
    }
  }

  static byte[] packet(Lease lease, InetAddress server) {
    ByteBuffer packet = ByteBuffer.allocate(FIXED + MOST_OPTIONS);
    packet.put(REQUEST).put(ETHERNET).put(HARDWARE_LENGTH);
    packet.position(CLIENT_ADDRESS).put(lease.address().getAddress());
    packet.position(CLIENT_HARDWARE).put(bytes(lease.hardwareAddress()));
    packet.position(FIXED).putInt(MAGIC);
    packet.put(MESSAGE_TYPE).put((byte) 1).put(RELEASE);
    packet.put(SERVER).put((byte) server.getAddress().length).put(server.getAddress());
    lease
        .clientId()
        .map(DhcpRelease::bytes)
        .ifPresent(id -> packet.put(CLIENT_ID).put((byte) id.length).put(id));
    packet.put(END);
    byte[] bytes = new byte[packet.position()];
    packet.get(0, bytes);
    return bytes;
  }

  private static byte[] bytes(String hex) {
    return HexFormat.ofDelimiter(":").parseHex(hex);
  }
}
