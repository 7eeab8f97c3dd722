package dev.coffer.linux;

import dev.coffer.linux.NetAddresses.Address;
import dev.coffer.linux.NetAddresses.Link;
import dev.coffer.linux.NetAddresses.Scope;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The interfaces of a network namespace as the files below /proc/PID/net tell of them: for those
 * who may not enter the namespace. What the files do not tell is left out.
 */
public final class ProcNet {
  private static final int IPV4_BITS = 32;

  private ProcNet() {}

  /**
   * @param dev content of {@code dev}
   * @param ipv6 content of {@code if_inet6}
   * @param trie content of {@code fib_trie}
   * @param routes content of {@code route}, which tells the interface of an IPv4 address
   */
  public static List<Link> parse(String dev, String ipv6, String trie, String routes) {
    Map<String, List<Address>> addresses = new LinkedHashMap<>();
    Map<String, LinkTraffic> traffic = new LinkedHashMap<>();
    for (LinkTraffic link : LinkTraffic.parse(dev)) {
      addresses.put(link.name(), new ArrayList<>());
      traffic.put(link.name(), link);
    }
    ipv6.lines().forEach(line -> addIpv6(line, addresses));
    for (int address : locals(trie)) {
      List<Address> of = addresses.get(interfaceOf(address, routes));
      if (of != null) {
        of.add(new Address(inet(bytes(address)), IPV4_BITS, Scope.GLOBAL));
      }
    }
    List<Link> links = new ArrayList<>();
    addresses.forEach((name, of) ->
        links.add(
            new Link(
                0,
                name,
                true,
                name.equals("lo"),
                "",
                0,
                traffic.get(name).received().bytes(),
                traffic.get(name).sent().bytes(),
                List.copyOf(of))));
    return links;
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  /** {@code ADDRESS INDEX PREFIX SCOPE FLAGS NAME}, hexadecimal. */
  private static void addIpv6(String line, Map<String, List<Address>> addresses) {
    String[] fields = line.strip().split("\\s+");
    if (fields.length < 6 || fields[0].length() != 32 || !addresses.containsKey(fields[5])) {
      return;
    }
    try {
      Scope scope =
          switch (Integer.parseInt(fields[3], 16)) {
            case 0x00 -> Scope.GLOBAL;
            case 0x40 -> Scope.SITE;
            case 0x10 -> Scope.HOST;
            default -> Scope.LINK;
          };
      InetAddress address = inet(HexFormat.of().parseHex(fields[0]));
      addresses.get(fields[5]).add(new Address(address, Integer.parseInt(fields[2], 16), scope));
    } catch (IllegalArgumentException _) {
      // no line of this file
      return;
    }
  }

  /** The leaves of the trie that say {@code /32 host LOCAL}, but for the loopback network. */
  private static Set<Integer> locals(String trie) {
    Set<Integer> found = new LinkedHashSet<>();
    String leaf = "";
    for (String line : trie.split("\n")) {
      String text = line.strip();
      if (text.startsWith("|-- ")) {
        leaf = text.substring(4);
      } else if (text.startsWith("/32 host LOCAL") && !leaf.startsWith("127.")) {
        address(leaf, found);
      }
    }
    return found;
  }

  private static void address(String text, Set<Integer> found) {
    String[] parts = text.split("\\.");
    int value = 0;
    for (String part : parts) {
      long number = number(part);
      if (parts.length != 4 || number < 0 || number > 255) {
        return;
      }
      value = value << 8 | (int) number;
    }
    found.add(value);
  }

  /** Of the longest connected network that the address is in. */
  private static String interfaceOf(int address, String routes) {
    String best = "";
    int length = -1;
    for (String line : routes.split("\n")) {
      String[] fields = line.split("\\s+");
      if (fields.length < 8 || !fields[2].equals("00000000")) {
        continue;
      }
      try {
        int network = Integer.reverseBytes(Integer.parseUnsignedInt(fields[1], 16));
        int mask = Integer.reverseBytes(Integer.parseUnsignedInt(fields[7], 16));
        if ((address & mask) == network && Integer.bitCount(mask) > length) {
          best = fields[0];
          length = Integer.bitCount(mask);
        }
      } catch (NumberFormatException _) {
        // the heading
        continue;
      }
    }
    return best;
  }

  private static byte[] bytes(int address) {
    return new byte[] {
      (byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address
    };
  }

  private static InetAddress inet(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
