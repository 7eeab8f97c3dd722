package dev.coffer.network;

import dev.coffer.linux.HostFiles;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * An address that a DHCP server has given.
 *
 * @param name the client told; empty where it told none
 * @param until empty where it is for ever
 * @param clientId by which the client is known, {@code 01:02:3e:e7:b4:df:bc}; empty where that is
 *     its hardware address
 */
public record Lease(
    InetAddress address,
    String hardwareAddress,
    Optional<String> name,
    Optional<Instant> until,
    Optional<String> clientId) {
  private static final int FIELDS = 5;

  /** Those in a file of dnsmasq(8), by address; none where there is no file. */
  static List<Lease> read(Path file) {
    return HostFiles.readIfThere(file).map(Lease::parse).orElse(List.of());
  }

  /** A line has expiry, hardware address, address, name and client id; {@code *} is for nothing. */
  static List<Lease> parse(String text) {
    return text.lines()
        .map(line -> line.split(" "))
        .filter(fields -> fields.length >= FIELDS && fields[0].matches("[0-9]+"))
        .map(fields ->
            new Lease(
                InetAddress.ofLiteral(fields[2]),
                fields[1],
                Optional.of(fields[3]).filter(name -> !name.equals("*")),
                Optional.of(Long.parseLong(fields[0]))
                    .filter(seconds -> seconds > 0)
                    .map(Instant::ofEpochSecond),
                Optional.of(fields[4]).filter(id -> !id.equals("*"))))
        .sorted(
            Comparator.comparing(lease -> new java.math.BigInteger(1, lease.address.getAddress())))
        .toList();
  }
}
