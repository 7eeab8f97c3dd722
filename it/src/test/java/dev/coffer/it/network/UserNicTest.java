package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.it.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Ordinary users' interfaces by LXC's own lxc-user-nic, which looks for bridges below
 * /sys/class/net and so knows those of the machine's own network alone.
 */
class UserNicTest {
  private static final Path POLICY = Path.of("/etc/lxc/lxc-usernet");

  @RegisterExtension final Machine machine = new Machine();

  private Household eve;
  private String bridge;

  @BeforeEach
  void network() throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/libexec/lxc/lxc-user-nic")), "needs lxc-user-nic");
    assumeTrue(!Files.exists(POLICY), "this machine has a policy of its own");
    bridge = machine.name("b").replace("coffer-t-", "cb");
    eve = new Household(machine);
    machine.run("ip", "link", "add", bridge, "type", "bridge").ok();
    machine.afterwards(() -> machine.run("ip", "link", "delete", bridge).ok());
    machine.run("ip", "address", "add", "10.249.0.1/24", "dev", bridge).ok();
    machine.run("ip", "link", "set", bridge, "up").ok();
    Files.createDirectories(POLICY.getParent());
    Files.writeString(POLICY, eve.name() + " veth " + bridge + " 1\n");
    machine.afterwards(() -> Files.delete(POLICY));
    eve.create("a", "lxc.net.0.link = " + bridge, "lxc.net.0.ipv4.address = 10.249.0.2/24");
    eve.create("b", "lxc.net.0.link = " + bridge);
  }

  private String ports() {
    return machine.run("ip", "-o", "link", "show", "master", bridge).ok().text();
  }

  @Test
  void withoutABrokerItIsUsed() {
    String plan = eve.plan("a");
    String way = "connect eth0 to " + bridge + " by lxc-user-nic, as no broker answers at ";
    assertTrue(plan.contains(way + eve.socket()), plan);
    eve.start("a").ok().complains("");
    eve.inside("a", "ping -c 1 -W 5 10.249.0.1");
    String err = eve.failure("b");
    assertTrue(err.contains("Quota reached"), err);
    assertTrue(err.contains("\"" + eve.name() + " veth " + bridge + " 10\""), err);
    eve.kill("a");
    Machine.await("the end of all pairs", Household.SOON, () -> ports().isEmpty());
  }

  @Test
  void itsInterfacesCountForTheBroker() {
    eve.start("a").ok().complains("");
    eve.serve();
    String err = eve.failure("b");
    assertTrue(err.contains("Quota reached: " + eve.name() + " has all 1"), err);
    eve.kill("a");
    eve.start("b").ok().complains("");
  }

  @Test
  void theBrokersInterfacesCountForIt() {
    var broker = eve.serve();
    eve.start("a").ok().complains("");
    eve.end(broker);
    String err = eve.failure("b");
    assertTrue(err.contains("Quota reached"), err);
    assertEquals(1, ports().lines().count());
  }
}
