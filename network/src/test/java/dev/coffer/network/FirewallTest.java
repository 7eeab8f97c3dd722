package dev.coffer.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirewallTest {
  private static BridgeNetwork own(String text) {
    return NetworkFile.parse("web-net", text, Path.of("/n/web-net.conf"), LxcNet.unset());
  }

  @Test
  void lxcsNetworkHasTheTablesThatLxcRemoves() {
    assertEquals(
        """
        add table inet lxc
        delete table inet lxc
        add table ip lxc
        delete table ip lxc
        add table ip6 lxc
        delete table ip6 lxc
        add table inet lxc
        add chain inet lxc input { type filter hook input priority 0; }
        add rule inet lxc input iifname "lxcbr0" udp dport { 53, 67 } accept
        add rule inet lxc input iifname "lxcbr0" tcp dport { 53, 67 } accept
        add chain inet lxc forward { type filter hook forward priority 0; }
        add rule inet lxc forward iifname "lxcbr0" accept
        add rule inet lxc forward oifname "lxcbr0" accept
        add table ip lxc
        add chain ip lxc postrouting { type nat hook postrouting priority 100; }
        add rule ip lxc postrouting ip saddr 10.0.3.0/24 ip daddr != 10.0.3.0/24 counter masquerade
        """,
        Firewall.rules(LxcNet.unset().network()));
  }

  @Test
  void nothingIsForwardedToOrFromAnIsolatedOne() {
    String rules = Firewall.rules(own("ipv4.address = 10.0.9.1/24\nisolated = true\n"));
    assertTrue(rules.contains("add table inet coffer_web_net\n"));
    assertTrue(
        rules.endsWith(
            """
            forward iifname "web-net" oifname "web-net" accept
            add rule inet coffer_web_net forward iifname "web-net" drop
            add rule inet coffer_web_net forward oifname "web-net" drop
            """),
        rules);
    assertFalse(rules.contains("masquerade"));
  }

  private static final String DOCKER =
      """
      table ip filter {
      	chain FORWARD {
      		type filter hook forward priority filter; policy drop;
      	}
      	chain DOCKER-USER {
      	}
      }
      """;

  @Test
  void dockersChainTakesOurRules() {
    assertEquals(List.of(), OtherFirewalls.Found.parse(DOCKER).obstacles("lxcbr0"));
  }

  @Test
  void aChainThatDropsIsToldWithTheCommandThatHelps() {
    String chain = DOCKER.replaceFirst("(?s)\tchain DOCKER-USER.*", "}\n");
    assertEquals(
        List.of(
            new Obstacle(
                "the chain ip filter FORWARD of the firewall drops what lxcbr0 forwards",
                "nft insert rule ip filter FORWARD iifname lxcbr0 accept"
                    + " && nft insert rule ip filter FORWARD oifname lxcbr0 accept")),
        OtherFirewalls.Found.parse(chain).obstacles("lxcbr0"));
  }

  @Test
  void ufwHasCommandsOfItsOwn() {
    String ufw =
        """
        table ip filter {
        	chain INPUT {
        		type filter hook input priority filter; policy drop;
        	}
        	chain FORWARD {
        		type filter hook forward priority filter; policy drop;
        	}
        	chain ufw-before-forward {
        	}
        }
        """;
    assertEquals(
        List.of(
            new Obstacle(
                "ufw drops what lxcbr0 forwards, and requests for addresses and names",
                "ufw allow in on lxcbr0 && ufw route allow in on lxcbr0"
                    + " && ufw route allow out on lxcbr0")),
        OtherFirewalls.Found.parse(ufw).obstacles("lxcbr0"));
  }

  @Test
  void whoeverAcceptsIsNoObstacle() {
    assertEquals(
        List.of(), OtherFirewalls.Found.parse(DOCKER.replace("drop", "accept")).obstacles("b"));
    assertEquals(List.of(), OtherFirewalls.Found.parse("").obstacles("b"));
  }
}
