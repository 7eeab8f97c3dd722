package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.config.LxcConfig;
import dev.coffer.model.CofferException;
import dev.coffer.model.PortForward;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.PortStep;
import dev.coffer.model.plan.Undo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** coffer.net.N.… in the plan, and what cannot be. */
class PortPlannerTest {
  private static final String VETH =
      "lxc.net.0.type = veth\nlxc.net.0.link = br0\nlxc.net.0.veth.pair = vethc\n"
          + "lxc.net.0.hwaddr = 02:00:00:00:00:0a\n";

  private static List<PortStep> steps(String text) {
    LxcConfig config = LxcConfig.parse(text, Path.of("/c/config"), Map.of());
    var spec = config.spec("c", Path.of("/lxc"));
    return new NetworkPlanner(spec, Hosts.V2)
        .interfaces().stream()
            .filter(PortStep.class::isInstance)
            .map(PortStep.class::cast)
            .toList();
  }

  private static List<String> refusal(String text) {
    CofferException refused = assertThrows(CofferException.class, () -> steps(text));
    return List.of(refused.getMessage(), refused.details().getLast());
  }

  @Test
  void withoutTheKeysNothingIsDone() {
    assertEquals(List.of(), steps(VETH + "coffer.net.0.filter.mac = 0\n"));
  }

  @Test
  void whatIsLimitedByItselfIsNotLimitedByBoth() {
    assertEquals(
        List.of(
            "limit what eth0 receives to 1Mbit/s",
            "limit what eth0 sends to 2Mbit/s, through ifbvethc"),
        steps(VETH + "coffer.net.0.limits.max = 2Mbit\ncoffer.net.0.limits.ingress = 1Mbit\n")
            .stream()
            .map(PortStep::describe)
            .toList());
  }

  @Test
  void onlyAVethOnABridgeCanBeFiltered() {
    assertEquals(
        List.of(
            "cannot apply /c/config:2  coffer.net.0.isolated: only a veth has an end on the host,"
                + " and this interface is empty",
            "hint  write lxc.net.0.type = veth, or leave the key out"),
        refusal("lxc.net.0.type = empty\ncoffer.net.0.isolated = 1\n"));
    assertEquals(
        List.of(
            "cannot apply /c/config:2  coffer.net.0.filter.ipv4: the interface is not on a bridge of the"
                + " kernel",
            "hint  write lxc.net.0.link = BRIDGE, or leave the key out"),
        refusal("lxc.net.0.type = veth\ncoffer.net.0.filter.ipv4 = 1\n"));
  }

  @Test
  void aZoneIsABridgeAndARoutedVethLeadsToItself() {
    String veth = "lxc.net.0.type = veth\nlxc.net.0.veth.pair = vethc\n";
    String lines = "coffer.net.0.isolated = 1\ncoffer.net.0.forward = 80\n";
    assertEquals("vz-web", forward(veth + "coffer.net.0.zone = web\n" + lines).bridge());
    assertEquals(
        "vethc",
        forward(
                veth
                    + "lxc.net.0.veth.mode = router\nlxc.net.0.link = eth0\n"
                    + "lxc.net.0.ipv4.address = 10.0.0.2\ncoffer.net.0.forward = 80\n")
            .bridge());
  }

  private static PortStep.ForwardPorts forward(String text) {
    return steps(text).stream()
        .filter(PortStep.ForwardPorts.class::isInstance)
        .map(PortStep.ForwardPorts.class::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aNameThatNftablesCouldMisreadIsRefused() {
    assertEquals(
        "hint  use letters, digits and - . _ in lxc.net.0.veth.pair",
        refusal(
                "lxc.net.0.type = veth\nlxc.net.0.link = br0\nlxc.net.0.veth.pair = a\"; }\n"
                    + "coffer.net.0.filter.mac = 1\n")
            .getLast());
  }

  @Test
  void anIpv6AddressNeedsOneOfTheContainer() {
    assertEquals(
        List.of(
            "cannot forward tcp:[fd00:0:0:0:0:0:0:1]:80: the container has no IPv6 address to lead"
                + " it to",
            "hint  add lxc.net.0.ipv6.address = …"),
        refusal(VETH + "coffer.net.0.forward = [fd00::1]:80\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "coffer.net.0.forward = 8080:80",
        "coffer.net.0.limits.max = 1Mbit",
        "coffer.net.0.filter.mac = 1",
        "coffer.net.0.forward = udp:[fd00::1]:1-9:11"
      })
  void theJournalTellsHowItIsTakenBack(String line) {
    for (PortStep step : steps(VETH + "lxc.net.0.ipv6.address = fd00::5\n" + line + "\n")) {
      Optional<Undo> undo = ((HostStep) step).undo();
      assertEquals(undo, undo.flatMap(known -> Undo.decode(known.encode())));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "8080:80, tcp:8080:80",
    "udp:53, udp:53",
    "tcp:1-10:1, tcp:1-10",
    "127.0.0.1:80:8080, tcp:127.0.0.1:80:8080",
    "[fd00::1]:80, tcp:[fd00:0:0:0:0:0:0:1]:80"
  })
  void aForwardIsReadAndWritten(String text, String written) {
    assertEquals(written, PortForward.parse(text).describe());
    assertEquals(PortForward.parse(text), PortForward.parse(written));
  }

  @ParameterizedTest
  @CsvSource({
    "80, 80, true",
    "80, udp:80, false",
    "80-90, 90-99, true",
    "80-90, 91-99, false",
    "10.0.0.1:80, 80, true",
    "10.0.0.1:80, 10.0.0.2:80, false"
  })
  void forwardsOverlapWhereAPacketWouldBelongToBoth(String one, String other, boolean overlap) {
    assertEquals(overlap, PortForward.parse(one).overlaps(PortForward.parse(other)));
    assertEquals(overlap, PortForward.parse(other).overlaps(PortForward.parse(one)));
  }
}
