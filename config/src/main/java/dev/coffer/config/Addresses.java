package dev.coffer.config;

import java.net.Inet6Address;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Internet addresses as inet_pton(3) reads and inet_ntop(3) writes them; names are never looked up.
 */
final class Addresses {
  private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private Addresses() {}

  /** The four bytes, if {@code text} is an address in dotted decimal. */
  static Optional<byte[]> ipv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return Optional.empty();
    }
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      if (!OCTET.matcher(parts[i]).matches() || Integer.parseInt(parts[i]) > 255) {
        return Optional.empty();
      }
      bytes[i] = (byte) Integer.parseInt(parts[i]);
    }
    return Optional.of(bytes);
  }

  /** The shortest spelling, if {@code text} is an IPv6 address without zone. */
  static Optional<String> ipv6(String text) {
    if (!IPV6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Inet6Address.ofLiteral(text).getAddress();
      return Optional.of(bytes.length == 16 ? spell(bytes) : mapped(bytes));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Prefix length of the address's old class A, B or C, which LXC takes where none is written. */
  static int classPrefix(byte[] ipv4) {
    int first = ipv4[0] & 0xff;
    if (first < 128) {
      return 8;
    }
    return first < 192 ? 16 : 24;
  }

  // The JDK returns IPv4-mapped addresses as four bytes.
  private static String mapped(byte[] ipv4) {
    return "::ffff:"
        + (ipv4[0] & 0xff)
        + "."
        + (ipv4[1] & 0xff)
        + "."
        + (ipv4[2] & 0xff)
        + "."
        + (ipv4[3] & 0xff);
  }

  private static String spell(byte[] bytes) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
    }
    int gap = 0;
    int gapLength = 1;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && groups[end] == 0) {
        end++;
      }
      if (end - i > gapLength) {
        gap = i;
        gapLength = end - i;
      }
    }
    return gapLength < 2
        ? join(groups, 0, 8)
        : join(groups, 0, gap) + "::" + join(groups, gap + gapLength, 8);
  }

  private static String join(int[] groups, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i > from ? ":" : "").append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
