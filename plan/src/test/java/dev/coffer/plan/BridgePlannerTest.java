package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.model.CofferException;
import dev.coffer.model.Nic;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.BridgeStep;
import dev.coffer.model.plan.BridgeUndo;
import dev.coffer.model.plan.Undo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BridgePlannerTest {
  private static final Origin ORIGIN = Origin.builtIn("test");
  private static final String HARDWARE = "02:00:00:00:00:01";

  private final BridgePlanner planner =
      new BridgePlanner(NetworkFacts.of("machine", Set.of("lxcbr0")));

  private static Nic nic(Map<String, String> settings) {
    return new Nic(
        0,
        new Sourced<>("veth", ORIGIN),
        settings.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, entry -> new Sourced<>(entry.getValue(), ORIGIN))));
  }

  @Test
  void theBridgeOfANetworkIsMadeBefore() {
    BridgeStep step = new BridgeStep.EnsureNetwork("eth0", "lxcbr0", HARDWARE, ORIGIN);
    assertEquals(List.of(step), planner.prepare(nic(Map.of("link", "lxcbr0")), "eth0", HARDWARE));
    assertEquals(Optional.of(new BridgeUndo.ForgetNeighbour("lxcbr0", HARDWARE)), step.undo());
    assertEquals(step.undo(), Undo.decode(step.undo().orElseThrow().encode()));
  }

  @Test
  void anyOtherBridgeIsTheUsers() {
    assertEquals(List.of(), planner.prepare(nic(Map.of("link", "br0")), "eth0", HARDWARE));
    assertEquals(List.of(), planner.prepare(nic(Map.of()), "eth0", HARDWARE));
  }

  @Test
  void aZoneIsABridgeOfItsOwn() {
    Nic nic = BridgePlanner.withZones(List.of(nic(Map.of("zone", "web")))).getFirst();
    BridgeStep step = new BridgeStep.JoinZone("eth0", "vz-web", ORIGIN);
    assertEquals("vz-web", nic.settings().get("link").value());
    assertEquals(List.of(step), planner.prepare(nic, "eth0", HARDWARE));
    assertEquals(step.undo(), Undo.decode(step.undo().orElseThrow().encode()));
  }

  @Test
  void aZoneAndALinkExcludeEachOther() {
    Nic nic = nic(Map.of("zone", "web", "link", "br0"));
    assertThrows(CofferException.class, () -> BridgePlanner.withZones(List.of(nic)));
    Nic router = nic(Map.of("zone", "web", "veth.mode", "router"));
    assertThrows(CofferException.class, () -> BridgePlanner.withZones(List.of(router)));
  }
}
