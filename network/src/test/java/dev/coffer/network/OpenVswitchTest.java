package dev.coffer.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.model.CofferException;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class OpenVswitchTest {
  private static List<String> columns(OptionalInt untagged, Integer... tagged) {
    return OpenVswitch.vlans(untagged, List.of(tagged));
  }

  @Test
  void aPortHasTheModeThatItsVlansTake() {
    OptionalInt seven = OptionalInt.of(7);
    OptionalInt none = OptionalInt.of(0);
    assertEquals(List.of(), columns(OptionalInt.empty()));
    assertEquals(List.of("tag=7", "vlan_mode=access"), columns(seven));
    assertEquals(
        List.of("tag=7", "trunks=10,20", "vlan_mode=native-untagged"), columns(seven, 10, 20));
    assertEquals(List.of("trunks=10", "vlan_mode=trunk"), columns(none, 10));
    assertEquals(List.of("trunks=10", "vlan_mode=trunk"), columns(OptionalInt.empty(), 10));
  }

  @Test
  void aPortWithoutAnyVlanWouldHaveAll() {
    assertThrows(CofferException.class, () -> columns(OptionalInt.of(0)));
  }
}
