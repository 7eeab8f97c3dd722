package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.it.Machine;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real ufw(8), enabled in the test's network namespace, with files of its own. */
class UfwTest {
  private static final Duration LEASE = Duration.ofSeconds(20);
  private static final Pattern REMEDY = Pattern.compile("\\(remedy: (ufw .*?)\\)");

  @RegisterExtension final Machine machine = new Machine();

  private void ufw(String commands) {
    String home = machine.home().toString();
    String script =
        """
        [ -e %1$s/etc-ufw ] || cp -a /etc/ufw %1$s/etc-ufw
        [ -e %1$s/etc-default ] || cp -a /etc/default %1$s/etc-default
        mount --bind %1$s/etc-ufw /etc/ufw && mount --bind %1$s/etc-default /etc/default
        %2$s
        """
            .formatted(home, commands);
    machine.run("unshare", "-m", "--propagation", "private", "sh", "-ec", script).ok();
  }

  private String addresses() {
    return machine.lxc("info", "a", "-i", "-H").ok().text();
  }

  @Test
  void theCommandThatIsNamedLetsContainersOut() throws IOException {
    machine.ownNetwork();
    assumeTrue(machine.run("sh", "-c", "command -v ufw").exit() == 0, "no ufw");
    machine.lxcNet("USE_LXC_BRIDGE=true", "LXC_DHCP_PING=false");
    machine.afterwards(() -> machine.run("coffer", "network", "stop"));
    ufw("ufw --force enable");
    machine.create("a").ok();
    machine.configure(
        "a",
        "lxc.net =",
        "lxc.net.0.type = veth",
        "lxc.net.0.link = lxcbr0",
        "lxc.net.0.flags = up");
    String told = machine.lxc("start", "a").ok().err();
    Matcher remedy = REMEDY.matcher(told);
    assertTrue(remedy.find(), told);
    assertFalse(addresses().contains("10.0.3."));
    ufw(remedy.group(1));
    machine.lxc("stop", "a", "-k").ok();
    told = machine.lxc("start", "a").ok().err();
    assertFalse(told.contains("ufw"), told);
    Machine.await("an address", LEASE, () -> addresses().contains("10.0.3."));
    machine.lxc("attach", "a", "--", "ping", "-c", "1", "-W", "5", "10.0.3.1").ok();
  }
}
