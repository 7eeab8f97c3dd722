package dev.coffer.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NetworkFileTest {
  private static BridgeNetwork parse(String text) {
    return NetworkFile.parse("web-net", text, Path.of("/n/web-net.conf"), LxcNet.unset());
  }

  @Test
  void anAddressIsEnough() {
    BridgeNetwork network = parse("# a comment\n\nipv4.address = 10.0.9.1/24\n");
    assertEquals("web-net", network.bridge());
    assertTrue(network.ipv4().orElseThrow().nat());
    assertEquals(Optional.of("10.0.9.2,10.0.9.254"), network.service().dhcpRange());
    assertEquals(Path.of("/run/lxc/network_up.web-net"), network.files().marker());
    assertEquals(Path.of("/run/lxc/dnsmasq.web-net.pid"), network.files().pid());
    assertFalse(network.isolated());
  }

  @Test
  void aBridgeOfTheUsersChoiceNeedsNoAddress() {
    BridgeNetwork network = parse("");
    assertFalse(network.hasService());
    assertEquals(Optional.empty(), network.ipv4());
  }

  @Test
  void allOfItCanBeSaid() {
    BridgeNetwork network =
        parse(
            """
            ipv4.address = 10.0.9.254/24
            ipv4.nat = false
            ipv4.dhcp.ranges = 10.0.9.10-10.0.9.20
            ipv6.address = fd00:9::1/64
            ipv6.nat = true
            dns.domain = web
            bridge.hwaddr = 02:00:00:00:00:09
            bridge.mtu = 1400
            dnsmasq.conf = /etc/web.conf
            """);
    assertFalse(network.ipv4().orElseThrow().nat());
    assertTrue(network.ipv6().orElseThrow().nat());
    assertEquals(
        new BridgeNetwork.Service(
            Optional.of("10.0.9.10,10.0.9.20"),
            65536,
            Optional.of("/etc/web.conf"),
            Optional.of("web"),
            true),
        network.service());
    assertEquals(1400, network.mtu().orElseThrow());
  }

  @Test
  void nothingOfAnIsolatedOneIsTranslated() {
    BridgeNetwork network = parse("ipv4.address = 10.0.9.1/24\nisolated = true\n");
    assertFalse(network.ipv4().orElseThrow().nat());
  }

  @Test
  void allProblemsAreToldAtOnce() {
    CofferException e =
        assertThrows(
            CofferException.class,
            () ->
                parse(
                    """
                    ipv4.address = 10.0.9.1/24
                    ipv4.adress = 10.0.9.1/24
                    ipv4.dhcp = yes
                    ipv4.dhcp.ranges = 10.0.8.2-10.0.9.20
                    ipv6.address = fd00::1/48
                    bridge.mtu = 9
                    what
                    ipv4.nat = true
                    isolated = true
                    """));
    assertEquals("cannot use the network web-net", e.getMessage());
    assertEquals(
        List.of(
            "  /n/web-net.conf:2  there is no key \"ipv4.adress\"",
            "  /n/web-net.conf:3  ipv4.dhcp: \"yes\" is neither true nor false",
            "  /n/web-net.conf:5  ipv6.address: \"fd00::1/48\" is not an IPv6 address with the"
                + " prefix 64, which router advertisements need",
            "  /n/web-net.conf:6  bridge.mtu: \"9\" is not a number from 68 to 65535",
            "  /n/web-net.conf:7  the line is not \"key = value\"",
            "  /n/web-net.conf:8  ipv4.nat: nothing leaves an isolated network",
            "  /n/web-net.conf:4  10.0.8.2 is not in 10.0.9.0/24 of ipv4.address"),
        e.details());
  }

  @Test
  void itsNameIsAlsoTheBridges() {
    for (String name : List.of("Web", "9web", "a_b", "", "abcdefghijklmnop", "vz-a", "../x")) {
      assertThrows(CofferException.class, () -> NetworkFile.checkName(name), name);
    }
    assertEquals("web-net", NetworkFile.checkName("web-net"));
  }

  @Test
  void aNewOneGetsAnAddressThatIsFree() {
    String text =
        FreeSubnet.complete(
            Map.of("isolated", "true"),
            List.of(Subnet.parse("10.0.3.1/24"), Subnet.parse("10.0.4.0/23")));
    assertEquals("10.0.6.1/24", parse(text).ipv4().orElseThrow().address().toString());
    assertTrue(parse(text).isolated());
  }
}
