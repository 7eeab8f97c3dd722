package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real ufw beside lxcbr0, in a network of the test's own and with a copy of its settings. */
class UfwTest {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Pattern REMEDY = Pattern.compile("\\(remedy: (ufw [^)]*)\\)");

  /**
   * In a mount namespace of its own; /run, too, because ufw and iptables have their locks there.
   */
  private static final String WITH_COPIES =
      """
      mount --bind "$0/ufw" /etc/ufw &&
      mount --bind "$0/default-ufw" /etc/default/ufw &&
      mount -t tmpfs none /run &&
      exec sh -c "$1"
      """;

  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void network() throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/sbin/ufw")), "needs ufw");
    machine.ownNetwork();
    machine.lxcNet("USE_LXC_BRIDGE=true", "LXC_DHCP_PING=false");
    machine.afterwards(() -> machine.run("coffer", "network", "stop"));
    String home = machine.home().toString();
    machine.run("cp", "-a", "/etc/ufw", home + "/ufw").ok();
    machine.run("cp", "-a", "/etc/default/ufw", home + "/default-ufw").ok();
    outside();
    ufw("ufw --force enable").ok();
    String rules = machine.run("iptables", "-S").ok().text();
    assertTrue(rules.contains("-P INPUT DROP") && rules.contains("-P FORWARD DROP"), rules);
  }

  private Outcome ufw(String command) {
    String home = machine.home().toString();
    return machine.run(
        "unshare", "-m", "--propagation", "private", "sh", "-c", WITH_COPIES, home, command);
  }

  /** It has no route back: an answer comes only when the address was translated. */
  private void outside() {
    String outside = machine.name("out");
    machine.run("ip", "netns", "add", outside).ok();
    machine.afterwards(() -> machine.run("ip", "netns", "delete", outside));
    machine.run("ip", "link", "add", "up0", "type", "veth", "peer", "down0", "netns", outside).ok();
    machine.run("ip", "address", "add", "192.0.2.1/24", "dev", "up0").ok();
    machine.run("ip", "link", "set", "up0", "up").ok();
    machine.run("ip", "-n", outside, "address", "add", "192.0.2.2/24", "dev", "down0").ok();
    machine.run("ip", "-n", outside, "link", "set", "down0", "up").ok();
  }

  private int ping() {
    return machine.lxc("attach", "a", "--", "ping", "-c", "1", "-W", "1", "192.0.2.2").exit();
  }

  @Test
  void theCommandThatIsNamedOpensTheWay() throws IOException {
    machine.create("a").ok();
    machine.configure(
        "a",
        "lxc.net =",
        "lxc.net.0.type = veth",
        "lxc.net.0.link = lxcbr0",
        "lxc.net.0.flags = up");
    String err = machine.lxc("start", "a").ok().err();
    Matcher remedy = REMEDY.matcher(err);
    assertTrue(remedy.find(), err);
    assertTrue(ping() != 0, "ufw drops nothing");
    ufw(remedy.group(1)).ok();
    Machine.await(
        "an address",
        LEASE,
        () -> machine.lxc("info", "a", "-i", "-H").ok().text().contains("10.0.3."));
    Machine.await("an answer from outside", LEASE, () -> ping() == 0);
  }
}
