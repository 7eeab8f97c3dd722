package dev.coffer.network;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * An address with the length of its network's prefix: {@code 10.0.3.1/24}.
 *
 * @param prefix in bits
 */
public record Subnet(InetAddress address, int prefix) {
  public Subnet {
    if (prefix < 0 || prefix > address.getAddress().length * Byte.SIZE) {
      throw new IllegalArgumentException(prefix + " is not the length of a prefix");
    }
  }

  /**
   * @throws IllegalArgumentException where it is no such thing
   */
  public static Subnet parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("\"" + text + "\" has no prefix, as in 10.0.3.1/24");
    }
    try {
      InetAddress address = InetAddress.ofLiteral(text.substring(0, slash));
      // 10.3 would be an address too, inet_aton(3)
      if (!(address instanceof Inet4Address) || text.startsWith(address.getHostAddress() + "/")) {
        return new Subnet(address, Integer.parseInt(text.substring(slash + 1)));
      }
    } catch (IllegalArgumentException _) {
      throw malformed(text);
    }
    throw malformed(text);
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "\"" + text + "\" is not an address with its prefix, as in 10.0.3.1/24");
  }

  /**
   * @param mask a prefix in the old spelling, {@code 255.255.255.0}, or just its length
   * @throws IllegalArgumentException where one of them is malformed
   */
  public static Subnet parse(String address, String mask) {
    if (!mask.contains(".")) {
      return parse(address + "/" + mask);
    }
    int bits = new BigInteger(1, InetAddress.ofLiteral(mask).getAddress()).intValue();
    int ones = Integer.numberOfLeadingZeros(~bits);
    if (Integer.bitCount(bits) != ones) {
      throw new IllegalArgumentException("\"" + mask + "\" is not a netmask, as 255.255.255.0 is");
    }
    return new Subnet(InetAddress.ofLiteral(address), ones);
  }

  public boolean isIpv4() {
    return address instanceof Inet4Address;
  }

  /** The network, every bit of the host zero. */
  public Subnet network() {
    return new Subnet(with(false), prefix);
  }

  /** The address that means all hosts; IPv6 and networks of one or two have none. */
  public Optional<InetAddress> broadcast() {
    return isIpv4() && prefix <= 30 ? Optional.of(with(true)) : Optional.empty();
  }

  /** Whether both have an address in common. */
  public boolean overlaps(Subnet other) {
    int common = Math.min(prefix, other.prefix);
    return isIpv4() == other.isIpv4()
        && new Subnet(address, common)
            .network()
            .equals(new Subnet(other.address, common).network());
  }

  /**
   * An address of the network by its number.
   *
   * @param number 1 for the first host
   */
  public InetAddress host(long number) {
    byte[] first = network().address.getAddress();
    byte[] sum = new BigInteger(1, first).add(BigInteger.valueOf(number)).toByteArray();
    byte[] bytes = new byte[first.length];
    int length = Math.min(sum.length, bytes.length);
    System.arraycopy(sum, sum.length - length, bytes, bytes.length - length, length);
    return of(bytes);
  }

  /** How many addresses there are, at most a billion. */
  public long size() {
    int bits = address.getAddress().length * Byte.SIZE - prefix;
    return 1L << Math.min(bits, 30);
  }

  private InetAddress with(boolean ones) {
    byte[] bytes = address.getAddress();
    for (int bit = prefix; bit < bytes.length * Byte.SIZE; bit++) {
      int mask = 0x80 >> bit % Byte.SIZE;
      bytes[bit / Byte.SIZE] =
          (byte) (ones ? bytes[bit / Byte.SIZE] | mask : bytes[bit / Byte.SIZE] & ~mask);
    }
    return of(bytes);
  }

  private static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // four or sixteen bytes are an address
    }
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + prefix;
  }
}
