package dev.coffer.network;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A bridge with what belongs to it: addresses, firewall rules, and a dnsmasq that gives addresses
 * and names to what is attached.
 *
 * @param name what it is called; that of LXC is called as its bridge is
 * @param bridge the interface
 * @param source the file it is written in
 * @param hardwareAddress of the bridge, as {@code 00:16:3e:00:00:00}
 * @param mtu in bytes; empty for the kernel's choice
 * @param ipv4 the bridge's address
 * @param ipv6 the bridge's address; what is attached makes its own by router advertisements
 * @param isolated whether nothing is forwarded to or from it
 * @param rules what makes the firewall's rules
 */
public record BridgeNetwork(
    String name,
    Kind kind,
    String bridge,
    Path source,
    Optional<String> hardwareAddress,
    OptionalInt mtu,
    Optional<Family> ipv4,
    Optional<Family> ipv6,
    Service service,
    boolean isolated,
    Rules rules,
    Files files) {
  /** Who describes it. */
  public enum Kind {
    /** {@code /etc/default/lxc-net}, whose rules and files are those of LXC's own lxc-net. */
    LXC_NET,
    /** A file of Coffer's. */
    OWN
  }

  /** The program that the firewall's rules are made by. */
  public enum Rules {
    NFT,
    IPTABLES
  }

  /**
   * Addresses of one family.
   *
   * @param address the bridge's
   * @param network whose packets are translated
   * @param nat whether they leave under an address of the host
   */
  public record Family(Subnet address, Subnet network, boolean nat) {}

  /**
   * What dnsmasq does.
   *
   * @param dhcpRange first and last address, as dnsmasq(8) has them; empty: gives no IPv4 addresses
   * @param mostLeases how many leases there may be
   * @param confFile a file of options of the user's
   * @param domain what names end in
   * @param ping whether an address is tried before it is given
   */
  public record Service(
      Optional<String> dhcpRange,
      int mostLeases,
      Optional<String> confFile,
      Optional<String> domain,
      boolean ping) {}

  /**
   * @param pid of dnsmasq
   * @param leases of dnsmasq
   * @param marker is there while it is up
   * @param lock held while it changes
   */
  public record Files(Path pid, Path leases, Path marker, Path lock) {
    /** Those of LXC's lxc-net. */
    static Files ofLxc(Path run, Path varLib, String bridge) {
      return new Files(
          run.resolve("dnsmasq.pid"),
          leases(varLib, bridge),
          run.resolve("network_up"),
          run.resolve("coffer-networks.lock"));
    }

    static Files ofOwn(Path run, Path varLib, String bridge) {
      return new Files(
          run.resolve("dnsmasq." + bridge + ".pid"),
          leases(varLib, bridge),
          run.resolve("network_up." + bridge),
          run.resolve("coffer-networks.lock"));
    }

    private static Path leases(Path varLib, String bridge) {
      return varLib.resolve("misc").resolve("dnsmasq." + bridge + ".leases");
    }
  }

  /** Whether it has a dnsmasq at all. */
  public boolean hasService() {
    return service.dhcpRange().isPresent() || ipv6.isPresent();
  }
}
