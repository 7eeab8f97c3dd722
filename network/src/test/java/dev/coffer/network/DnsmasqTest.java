package dev.coffer.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DnsmasqTest {
  @Test
  void itIsStartedAsLxcStartsIt() {
    assertEquals(
        "--conf-file=/dev/null -u nobody --strict-order --bind-interfaces"
            + " --pid-file=/run/lxc/dnsmasq.pid --listen-address 10.0.3.1"
            + " --dhcp-range 10.0.3.2,10.0.3.254 --dhcp-lease-max=253 --dhcp-no-override"
            + " --except-interface=lo --interface=lxcbr0"
            + " --dhcp-leasefile=/var/lib/misc/dnsmasq.lxcbr0.leases --dhcp-authoritative",
        String.join(" ", Dnsmasq.arguments(LxcNet.unset().network(), "nobody")));
  }

  @Test
  void anIsolatedOneTellsNoWayOut() {
    BridgeNetwork network =
        NetworkFile.parse(
            "n",
            "ipv4.address = 10.0.9.1/24\nipv6.address = fd00::1/64\nisolated = true\n",
            Path.of("/n/n.conf"),
            LxcNet.unset());
    List<String> argv = Dnsmasq.arguments(network, "nobody");
    assertTrue(
        argv.containsAll(List.of("--no-resolv", "--dhcp-option=option:router", "--ra-param=n,0,0")),
        argv.toString());
  }

  @Test
  void anAddressIsGivenBackByAPacketOfTheClients() {
    Lease lease = Lease.parse("0 02:76:1c:ec:24:57 10.0.3.92 * 01:02:76:1c:ec:24:57\n").getFirst();
    byte[] packet = DhcpRelease.packet(lease, InetAddress.ofLiteral("10.0.3.1"));
    String hex = java.util.HexFormat.of().formatHex(packet);
    assertEquals("0101060000000000", hex.substring(0, 16));
    assertEquals("0a00035c", hex.substring(24, 32)); // ciaddr
    assertEquals("02761cec2457", hex.substring(56, 68)); // chaddr
    assertEquals("6382536335010736040a0003013d070102761cec2457ff", hex.substring(472));
  }

  @Test
  void itsLeasesAreRead() {
    assertEquals(
        List.of(
            new Lease(
                InetAddress.ofLiteral("10.0.3.7"),
                "02:3e:e7:b4:df:bc",
                Optional.of("web"),
                Optional.of(Instant.ofEpochSecond(1795557435)),
                Optional.empty()),
            new Lease(
                InetAddress.ofLiteral("10.0.3.92"),
                "02:76:1c:ec:24:57",
                Optional.empty(),
                Optional.empty(),
                Optional.of("01:02:76:1c:ec:24:57"))),
        Lease.parse(
            """
            0 02:76:1c:ec:24:57 10.0.3.92 * 01:02:76:1c:ec:24:57
            1795557435 02:3e:e7:b4:df:bc 10.0.3.7 web *
            duid 00:01:00:01:2e:8f
            """));
  }
}
