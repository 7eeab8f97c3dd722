package dev.coffer.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LxcNetTest {
  @TempDir Path folder;

  private LxcNet read(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("lxc-net"), text);
    return LxcNet.read(List.of(file));
  }

  @Test
  void withoutAFileAllIsAsLxcsScriptHasIt() {
    LxcNet lxc = LxcNet.read(List.of(folder.resolve("nothing")));
    assertTrue(lxc.enabled());
    assertEquals("lxcbr0", lxc.network().bridge());
    assertEquals("10.0.3.1/24", lxc.network().ipv4().orElseThrow().address().toString());
    assertEquals(Optional.of("10.0.3.2,10.0.3.254"), lxc.network().service().dhcpRange());
    assertEquals(Path.of("/run/lxc/dnsmasq.pid"), lxc.network().files().pid());
    assertEquals(Path.of("/run/lxc/network_up"), lxc.network().files().marker());
    assertEquals(Path.of("/var/lib/misc/dnsmasq.lxcbr0.leases"), lxc.network().files().leases());
  }

  @Test
  void itIsShellText() throws IOException {
    LxcNet lxc =
        read(
            """
            # comment
            USE_LXC_BRIDGE="true"
            NET=10.9.8
            LXC_BRIDGE='br7' ; LXC_ADDR=$NET.1
            [ -z "$NONE" ] && LXC_NETWORK="$NET.0/24"
            LXC_DHCP_RANGE=$NET.10,$NET.20
            export LXC_DOMAIN=lxc
            LXC_DHCP_PING=false
            LXC_IPV6_ADDR=fd00:7::1 LXC_IPV6_MASK=64 LXC_IPV6_NETWORK=fd00:7::/64
            LXC_IPV6_NAT=true
            """);
    BridgeNetwork network = lxc.network();
    assertEquals("br7", network.bridge());
    assertEquals("10.9.8.1/24", network.ipv4().orElseThrow().address().toString());
    assertEquals(Optional.of("10.9.8.10,10.9.8.20"), network.service().dhcpRange());
    assertEquals(Optional.of("lxc"), network.service().domain());
    assertFalse(network.service().ping());
    assertEquals(
        new BridgeNetwork.Family(Subnet.parse("fd00:7::1/64"), Subnet.parse("fd00:7::/64"), true),
        network.ipv6().orElseThrow());
  }

  @Test
  void itMayBeSwitchedOff() throws IOException {
    assertFalse(read("USE_LXC_BRIDGE=false\n").enabled());
  }

  @Test
  void whatCannotBeUsedIsNamed() {
    CofferException e =
        assertThrows(CofferException.class, () -> read("LXC_NETMASK=255.0.255.0\n"));
    assertEquals(
        "cannot use " + folder + "/lxc-net: \"255.0.255.0\" is not a netmask, as 255.255.255.0 is",
        e.getMessage());
    assertThrows(CofferException.class, () -> read("LXC_BRIDGE='a b'\n"));
    assertTrue(
        assertThrows(CofferException.class, () -> read("if\n"))
            .getMessage()
            .startsWith("cannot read " + folder + "/lxc-net: "));
  }
}
