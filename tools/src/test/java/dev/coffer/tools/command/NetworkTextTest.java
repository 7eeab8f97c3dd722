package dev.coffer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.network.BridgeNetwork;
import dev.coffer.network.BridgeNetwork.Family;
import dev.coffer.network.Lease;
import dev.coffer.network.Networks.State;
import dev.coffer.network.Networks.Status;
import dev.coffer.network.Obstacle;
import dev.coffer.network.Subnet;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class NetworkTextTest {
  private static final Path SOME = Path.of("/f");

  private static Status status(String name, boolean isolated, List<Obstacle> obstacles) {
    Subnet address = Subnet.parse("10.0.4.1/24");
    return new Status(
        new BridgeNetwork(
            name,
            BridgeNetwork.Kind.OWN,
            name,
            Path.of("/etc/coffer/networks/" + name + ".conf"),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.of(new Family(address, address.network(), !isolated)),
            Optional.empty(),
            new BridgeNetwork.Service(
                Optional.of("10.0.4.2,10.0.4.254"), 253, Optional.empty(), Optional.empty(), true),
            isolated,
            BridgeNetwork.Rules.NFT,
            new BridgeNetwork.Files(SOME, SOME, SOME, SOME)),
        State.UP,
        List.of("veth1", "veth2"),
        Optional.of(77),
        obstacles);
  }

  @Test
  void theListHasALineForEach() {
    assertEquals(
        """
        NAME STATE IPV4        IPV6 KIND     PORTS
        lab  UP    10.0.4.1/24 -    nat      2
        cell UP    10.0.4.1/24 -    isolated 2
        """,
        NetworkText.list(
            List.of(status("lab", false, List.of()), status("cell", true, List.of()))));
  }

  @Test
  void oneIsShownWithWhatIsInItsWay() {
    assertEquals(
        """
        Name:           lab
        State:          UP
        Kind:           nat
        IPv4:           10.0.4.1/24
        IPv6:           -
        DHCP:           10.0.4.2 to 10.0.4.254
        Domain:         -
        dnsmasq:        pid 77
        Ports:          veth1, veth2
        Described in:   /etc/coffer/networks/lab.conf
        Obstacle:       a chain drops
          remedy:       nft insert
        """,
        NetworkText.show(
            status("lab", false, List.of(new Obstacle("a chain drops", "nft insert")))));
  }

  @Test
  void aLeaseMayHaveNoNameAndNoEnd() {
    Lease lease =
        new Lease(
            InetAddress.ofLiteral("10.0.4.7"),
            "02:00:00:00:00:01",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertEquals(
        """
        ADDRESS  NAME HARDWARE ADDRESS  UNTIL
        10.0.4.7 -    02:00:00:00:00:01 for ever
        """,
        NetworkText.leases(List.of(lease)));
  }
}
