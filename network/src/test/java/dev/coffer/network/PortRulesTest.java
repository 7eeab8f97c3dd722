package dev.coffer.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.Origin;
import dev.coffer.model.PortForward;
import dev.coffer.model.plan.PortStep.FilterPort;
import dev.coffer.model.plan.PortStep.ForwardPorts;
import dev.coffer.model.plan.PortStep.Sources;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The scripts that nft gets. */
class PortRulesTest {
  private static final Origin ORIGIN = Origin.builtIn("test");
  private static final String MAC = "02:00:00:00:00:0a";

  private static List<String> filter(Sources ipv4, Sources ipv6) {
    String prefix = "add rule bridge coffer from_vethc ";
    return PortFilter.script(new FilterPort("eth0", "vethc", MAC, ipv4, ipv6, ORIGIN))
        .lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .toList();
  }

  private static List<String> forwards(Optional<String> ipv4, String... lines) {
    List<PortForward> forwards = Arrays.stream(lines).map(PortForward::parse).toList();
    ForwardPorts step =
        new ForwardPorts(
            "eth0", "vethc", "br0", MAC, ipv4, Optional.of("fd00::5"), forwards, ORIGIN);
    String prefix = "add rule inet coffer_forward_vethc forward ";
    return PortForwards.script(step, true, List.of())
        .lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .toList();
  }

  @Test
  void theInterfaceIdFollowsFromTheMacAddress() {
    assertEquals("216:3eff:fe12:3456", PortFilter.interfaceId("00:16:3e:12:34:56"));
    assertEquals("0:ff:fe00:a", PortFilter.interfaceId(MAC));
  }

  @Test
  void theFilterOfMacsLooksAtNoAddress() {
    assertEquals(
        List.of(
            "jump in_use",
            "ether saddr != 02:00:00:00:00:0a drop",
            "ether type arp arp htype != 1 drop",
            "ether type arp arp hlen != 6 drop",
            "ether type arp arp saddr ether != 02:00:00:00:00:0a drop"),
        filter(Sources.ANY, Sources.ANY));
  }

  @Test
  void onlyTheConfiguredAddressesPass() {
    List<String> rules =
        filter(new Sources(true, List.of("10.0.3.5")), new Sources(true, List.of("fd00::5")));
    assertTrue(rules.contains("ether type ip ip saddr != { 10.0.3.5 } drop"), rules::toString);
    assertTrue(
        rules.contains("ip6 saddr != { ::, fe80::0:ff:fe00:a, fd00::5 } drop"), rules::toString);
    assertFalse(rules.toString().contains("leased"), rules::toString);
  }

  @Test
  void removingLeavesNothingOfThePortAndAddsWhatMayBeMissing() {
    String script = PortFilter.removal("vethc");
    assertTrue(script.indexOf("add chain bridge coffer from_vethc") >= 0);
    assertTrue(
        script.endsWith(
            """
            delete chain bridge coffer from_vethc
            delete chain bridge coffer to_vethc
            delete set bridge coffer leased_vethc
            """));
  }

  @Test
  void portsLeadToTheContainers() {
    assertEquals(
        List.of(
            "meta nfproto ipv4 tcp dport 8080 dnat ip to 10.0.3.5 : 80",
            "meta nfproto ipv6 tcp dport 8080 dnat ip6 to [fd00::5] : 80",
            "meta nfproto ipv4 ip daddr 192.0.2.1 udp dport 53 dnat ip to 10.0.3.5",
            "meta nfproto ipv6 ip6 daddr 2001:db8:0:0:0:0:0:1 tcp dport 90-91 dnat ip6 to"
                + " [fd00::5] : tcp dport map { 90 : 100, 91 : 101 }"),
        forwards(
            Optional.of("10.0.3.5"), "8080:80", "udp:192.0.2.1:53", "[2001:db8::1]:90-91:100"));
    assertEquals(
        "meta nfproto ipv4 tcp dport 8080 dnat ip to meta nfproto map @leased : 80",
        forwards(Optional.empty(), "8080:80").getFirst());
  }
}
