package dev.coffer.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ports of the host that lead to a container.
 *
 * @param protocol {@code tcp} or {@code udp}
 * @param address of the host that it counts for; empty for all of them
 * @param first of the ports, 1 to 65535
 * @param last of them, not below {@code first}
 * @param target the container's port that the first one leads to; the others follow it
 */
public record PortForward(
    String protocol, Optional<InetAddress> address, int first, int last, int target) {
  /** How many ports may lead to ones of another number: each needs an entry of its own. */
  public static final int MOST_MOVED = 1024;

  private static final int HIGHEST = 65535;
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(tcp|udp):)?(?:([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|\\[[0-9a-fA-F:.]+]):)?"
              + "([0-9]{1,5})(?:-([0-9]{1,5}))?(?::([0-9]{1,5}))?");

  public PortForward {
    if (first < 1 || last < first || last > HIGHEST || target < 1) {
      throw new IllegalArgumentException("no ports: " + first + "-" + last + ":" + target);
    }
    if (target + (last - first) > HIGHEST) {
      throw new IllegalArgumentException("the last port would lead to one above " + HIGHEST);
    }
    if (target != first && last - first >= MOST_MOVED) {
      throw new IllegalArgumentException(
          "only " + MOST_MOVED + " ports of a line can lead to ones of another number");
    }
  }

  /**
   * Reads {@code [tcp|udp:][ADDRESS:]PORT[-PORT][:PORT]}, with an IPv6 address in brackets; {@code
   * Port=} of systemd.nspawn(5) is a part of it.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static PortForward parse(String text) {
    Matcher words = FORM.matcher(text);
    if (!words.matches()) {
      throw new IllegalArgumentException("it is not of the form");
    }
    int first = Integer.parseInt(words.group(3));
    return new PortForward(
        words.group(1) == null ? "tcp" : words.group(1),
        Optional.ofNullable(words.group(2)).map(PortForward::address),
        first,
        words.group(4) == null ? first : Integer.parseInt(words.group(4)),
        words.group(5) == null ? first : Integer.parseInt(words.group(5)));
  }

  private static InetAddress address(String text) {
    String bare = text.startsWith("[") ? text.substring(1, text.length() - 1) : text;
    InetAddress address = InetAddress.ofLiteral(bare);
    if (address.isLoopbackAddress() && address instanceof Inet6Address) {
      throw new IllegalArgumentException("the kernel forwards nothing from ::1");
    }
    return address;
  }

  public boolean isFor(boolean ipv6) {
    return address.isEmpty() || address.get() instanceof Inet6Address == ipv6;
  }

  /** How far the container's ports are from the host's. */
  public int shift() {
    return target - first;
  }

  /** Whether some packet would belong to both. */
  public boolean overlaps(PortForward other) {
    return protocol.equals(other.protocol)
        && first <= other.last
        && other.first <= last
        && (address.isEmpty() || other.address.isEmpty() || address.equals(other.address));
  }

  /** In the form that {@link #parse} reads, without blanks. */
  public String describe() {
    String at =
        address
            .map(InetAddress::getHostAddress)
            .map(text -> text.contains(":") ? "[" + text + "]:" : text + ":")
            .orElse("");
    String ports = last == first ? String.valueOf(first) : first + "-" + last;
    return protocol + ":" + at + ports + (target == first ? "" : ":" + target);
  }
}
