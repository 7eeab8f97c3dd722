package dev.coffer.network;

/**
 * A DHCP server's answer as nftables sees it: fields at fixed places of RFC 2131's message behind a
 * header of UDP, in bits.
 */
final class DhcpAnswer {
  /** The address that the client gets. */
  static final String ADDRESS = "@th,192,32";

  private static final String CLIENT = "@th,288,48";

  /** Servers put the kind of message first. */
  private static final String FIRST_OPTION = "@th,1984,24";

  private static final String ACKNOWLEDGED = "0x350105";

  private DhcpAnswer() {}

  /** Fits what promises an address to this client for good. */
  static String match(String hardwareAddress) {
    return "udp sport 67 udp dport 68 "
        + CLIENT
        + " 0x"
        + hardwareAddress.replace(":", "")
        + " "
        + FIRST_OPTION
        + " "
        + ACKNOWLEDGED;
  }
}
