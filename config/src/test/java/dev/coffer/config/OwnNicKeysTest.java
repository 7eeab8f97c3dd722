package dev.coffer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** coffer.net.N.X, Coffer's own keys of an interface. */
class OwnNicKeysTest {
  private static final String VETH = "lxc.net.0.type = veth\n";

  @Test
  void theyStandBesideLxcsSubkeysInTheModel() {
    assertEquals(
        new Sourced<>("web", Origin.of(Path.of("/c/config"), 2, "coffer.net.0.zone")),
        Configs.spec(VETH + "coffer.net.0.zone = web\n").nics().getFirst().settings().get("zone"));
  }

  @Test
  void theyGoWithTheirInterface() {
    String text = VETH + "coffer.net.0.zone = web\n";
    for (String whole : List.of("lxc.net", "lxc.net.0", "lxc.net.0.type")) {
      LxcConfig config = Configs.parse(text);
      assertTrue(config.clear(whole));
      assertEquals("", config.text());
      assertEquals(Optional.empty(), config.get("coffer.net.0.zone"));
      assertEquals(List.of(), Configs.spec(text + whole + " =\n").nics());
    }
    LxcConfig anew = Configs.parse(text + VETH);
    assertEquals(Optional.of(""), anew.get("coffer.net.0.zone"));
  }

  @Test
  void anInterfaceMustHaveBegunAboveThem() {
    assertEquals(
        List.of(
            "/c/config:1  coffer.net.1.zone: there is no interface lxc.net.1 (put lxc.net.1.type"
                + " above it)"),
        Configs.problems("coffer.net.1.zone = web\n"));
  }

  @Test
  void theKeysOfAnInterfaceThatLxcsToolsAskForAreLxcsOnly() {
    LxcConfig config = Configs.parse(VETH + "coffer.net.0.zone = web\n");
    assertFalse(config.keys("lxc.net.0").contains("zone"));
    assertTrue(config.keys("coffer.net.0").contains("zone"));
    assertEquals(List.of(), config.keys("coffer.net.1"));
    assertEquals(Optional.of("veth\n"), config.get("lxc.net"));
  }

  @Test
  void aSlipIsRecognized() {
    assertEquals(
        List.of(
            "/c/config:2  coffer.net.0.zones: Unknown network configuration key"
                + " \"coffer.net.0.zones\"; did you mean \"coffer.net.0.zone\"?",
            "/c/config:3  coffer.net.0: Unsupported config key \"coffer.net.0\"; did you mean"
                + " \"coffer.net.0.zone\"?",
            "/c/config:4  coffer.net.0.zone: \"a_b\" is not the name of a zone (letters, digits and"
                + " -, at most 12)"),
        Configs.problems(
            VETH + "coffer.net.0.zones = a\ncoffer.net.0 =\ncoffer.net.0.zone = a_b\n"));
  }

  @Test
  void ratesAndForwardsAreChecked() {
    assertEquals(
        List.of(
            "/c/config:2  coffer.net.0.limits.max: \"10MB\" is not a rate (write for instance"
                + " 10Mbit, 512kbit or 1Gibit)",
            "/c/config:3  coffer.net.0.limits.max: \"7\" is not a rate (write for instance 10Mbit,"
                + " 512kbit or 1Gibit)",
            forward(4, "80/tcp", "it is not of the form"),
            forward(5, "90-80", "no ports: 90-80:90"),
            forward(6, "70000", "no ports: 70000-70000:70000"),
            forward(7, "1-60000:9000", "the last port would lead to one above 65535"),
            forward(8, "1-2000:3", "only 1024 ports of a line can lead to ones of another number"),
            forward(9, "[::1]:80", "the kernel forwards nothing from ::1")),
        Configs.problems(
            VETH
                + "coffer.net.0.limits.max = 10MB\ncoffer.net.0.limits.max = 7\n"
                + "coffer.net.0.forward = 80/tcp\ncoffer.net.0.forward = 90-80\n"
                + "coffer.net.0.forward = 70000\ncoffer.net.0.forward = 1-60000:9000\n"
                + "coffer.net.0.forward = 1-2000:3\ncoffer.net.0.forward = [::1]:80\n"));
  }

  private static String forward(int line, String text, String why) {
    return "/c/config:"
        + line
        + "  coffer.net.0.forward: \""
        + text
        + "\" forwards nothing: "
        + why
        + " (write [tcp|udp:][ADDRESS:]PORT[-PORT][:PORT], for instance 8080:80)";
  }
}
