package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.model.CofferException;
import dev.coffer.model.Nic;
import dev.coffer.model.Sourced;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LinkPrefixesTest {
  private static Nic nic(String type, String link) {
    return new Nic(
        1, Sourced.builtIn(type, "lxc.net.1.type"), Map.of("link", Sourced.builtIn(link, "x")));
  }

  private static List<String> links(Nic nic, String... names) {
    return LinkPrefixes.expand(List.of(nic), List.of(names)).stream()
        .map(one -> one.settings().get("link").value())
        .toList();
  }

  @Test
  void aPrefixStandsForAllThatBeginWithIt() {
    assertEquals(List.of("nic0", "nic1"), links(nic("phys", "nic+"), "nic1", "lo", "eth0", "nic0"));
    assertEquals(List.of("eth0"), links(nic("macvlan", "+"), "lo", "eth0"));
  }

  @Test
  void aBridgeHasNoPrefix() {
    assertEquals(List.of("br+"), links(nic("veth", "br+"), "br0"));
  }

  @Test
  void onePrefixWithoutAnyIsRefused() {
    Nic nic = nic("phys", "nic+");
    assertThrows(CofferException.class, () -> links(nic, "eth0"));
  }
}
