package dev.coffer.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SubnetTest {
  @Test
  void itKnowsItsNetworkAndTheAddressForAll() {
    Subnet subnet = Subnet.parse("10.0.3.130/25");
    assertEquals("10.0.3.128/25", subnet.network().toString());
    assertEquals(Optional.of(InetAddress.ofLiteral("10.0.3.255")), subnet.broadcast());
    assertEquals(InetAddress.ofLiteral("10.0.3.129"), subnet.host(1));
    assertEquals(128, subnet.size());
    assertEquals(Optional.empty(), Subnet.parse("10.0.3.1/31").broadcast());
    assertEquals(Optional.empty(), Subnet.parse("fd00::1/64").broadcast());
    assertEquals(InetAddress.ofLiteral("fd00::ff"), Subnet.parse("fd00::1/64").host(255));
    assertEquals(
        InetAddress.ofLiteral("255.255.255.254"), Subnet.parse("255.255.255.1/24").host(254));
  }

  @Test
  void aNetmaskIsAPrefixInTheOldSpelling() {
    assertEquals(Subnet.parse("10.0.3.1/24"), Subnet.parse("10.0.3.1", "255.255.255.0"));
    assertEquals(Subnet.parse("10.0.3.1/32"), Subnet.parse("10.0.3.1", "255.255.255.255"));
    assertEquals(Subnet.parse("fd00::1/64"), Subnet.parse("fd00::1", "64"));
    assertThrows(IllegalArgumentException.class, () -> Subnet.parse("10.0.3.1", "255.0.255.0"));
  }

  @Test
  void networksOverlapWhenOneHoldsTheOther() {
    assertTrue(Subnet.parse("10.0.3.1/24").overlaps(Subnet.parse("10.0.0.0/8")));
    assertFalse(Subnet.parse("10.0.3.1/24").overlaps(Subnet.parse("10.0.4.1/24")));
    assertFalse(Subnet.parse("10.0.3.1/24").overlaps(Subnet.parse("fd00::1/64")));
  }

  @Test
  void whatIsNoneIsRefused() {
    for (String text :
        new String[] {"10.0.3.1", "10.0.3/24", "10.0.3.1/33", "host/24", "a::/129"}) {
      assertThrows(IllegalArgumentException.class, () -> Subnet.parse(text), text);
    }
  }
}
