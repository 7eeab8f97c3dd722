package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Networks of ordinary users' containers: by the broker, by lxc-user-nic, by pasta. */
@Everywhere
class UserNetworkTest {
  @RegisterExtension final Machine machine = new Machine();

  private Household eve;

  @BeforeEach
  void network() throws IOException {
    machine.ownNetwork();
    machine.run("ip", "link", "add", "br0", "mtu", "1400", "type", "bridge").ok();
    machine.run("ip", "address", "add", "10.9.0.1/24", "dev", "br0").ok();
    machine.run("ip", "link", "set", "br0", "up").ok();
    eve = new Household(machine);
  }

  private String veths() {
    return machine.run("ip", "-o", "link", "show", "type", "veth").ok().text();
  }

  @Test
  void theBrokerJoinsThemToABridge() throws IOException {
    Command.Running broker = eve.broker("USER veth br0 2");
    eve.create(
        "a",
        "lxc.net.0.link = br0",
        "lxc.net.0.hwaddr = 02:00:00:00:00:0a",
        "lxc.net.0.ipv4.address = 10.9.0.2/24",
        "lxc.net.0.ipv4.gateway = auto");
    eve.create("b", "lxc.net.0.link = br0", "lxc.net.0.ipv4.address = 10.9.0.3/24");
    eve.start("a").ok().complains("");
    eve.start("b").ok().complains("");
    eve.inside("a", "ping -c 1 -W 5 10.9.0.3");
    eve.inside("b", "ping -c 1 -W 5 10.9.0.1");
    assertEquals("02:00:00:00:00:0a", eve.inside("a", "cat /sys/class/net/eth0/address"));
    assertEquals("1400", eve.inside("a", "cat /sys/class/net/eth0/mtu"));
    assertTrue(eve.inside("a", "ip route").startsWith("default via 10.9.0.1 dev eth0"));
    eve.says("lxc-info -n " + machine.name("a") + " -i -H").ok().prints("10.9.0.2\n");
    assertTrue(eve.says("lxc-ls -f -F name,ipv4").ok().out().contains("10.9.0.3"));
    assertTrue(broker.printed().contains(eve.name() + ": eth0 is a port of br0, veth"));
    eve.kill("a");
    eve.kill("b");
    Machine.await("the end of all pairs", Household.SOON, () -> veths().isEmpty());
  }

  @Test
  void whatTheConfigurationAsksForIsInThePlanWithItsReason() throws IOException {
    eve.broker("USER veth br0 1");
    eve.create("a", "lxc.net.0.link = br0");
    String plan = eve.plan("a");
    assertTrue(plan.contains("have eth0 joined to br0 by the broker at " + eve.socket()), plan);
  }

  @Test
  void theQuotaHoldsAlsoAfterAStopAndAReboot() throws IOException {
    eve.broker("# of this test", "USER veth br0 1");
    eve.create("a", "lxc.net.0.link = br0");
    eve.create("b", "lxc.net.0.link = br0");
    eve.start("a").ok();
    String refused = eve.failure("b");
    String policy = eve.policy().toString();
    assertTrue(
        refused.contains(
            "Quota reached: " + eve.name() + " has all 1 that " + policy + " allows on br0\n"),
        refused);
    assertTrue(
        refused.contains(
            "hint  as root add to " + policy + ": \"" + eve.name() + " veth br0 2\"\n"),
        refused);
    assertEquals(1, veths().lines().count());
    eve.says("lxc-stop -r -n " + machine.name("a")).ok();
    eve.kill("a");
    eve.start("b").ok().complains("");
    assertEquals(1, veths().lines().count());
  }

  @Test
  void whoeverIsNotNamedGetsNothing() throws IOException {
    eve.broker("root veth br0 9", "USER veth br1 9", "USER macvlan br0 9", "USER veth br0 many");
    eve.create("a", "lxc.net.0.link = br0");
    String err = eve.failure("a");
    assertTrue(err.contains("gives " + eve.name() + " no veth on br0"), err);
    assertTrue(err.contains("/config:"), err);
    assertEquals("", veths());
  }

  @Test
  void aGroupsCountIsItsMembersTogether() throws IOException {
    eve.broker("@" + eve.name() + " veth br0 1", "USER veth br0 1");
    for (String name : new String[] {"a", "b", "x"}) {
      eve.create(name, "lxc.net.0.link = br0");
    }
    eve.start("a").ok().complains("");
    eve.start("b").ok().complains("");
    eve.failure("x");
    String nics = Files.readString(eve.accounts());
    assertTrue(
        nics.matches(
            "@" + eve.name() + " veth br0 veth\\w+\n" + eve.name() + " veth br0 veth\\w+\n"),
        nics);
  }

  @Test
  void aBridgeThatIsMissingOrNoneIsNamed() throws IOException {
    eve.broker("USER veth br9 1", "USER veth lo 1");
    eve.create("a", "lxc.net.0.link = br9");
    String err = eve.failure("a");
    assertTrue(err.contains("there is no interface br9 (ENODEV)"), err);
    String lo = eve.failure("a", "-s lxc.net.0.link=lo");
    assertTrue(lo.contains("lo is no bridge"), lo);
  }

  @Test
  void typesOfRootAreRefusedByName() throws IOException {
    eve.create("a");
    String err = eve.failure("a", "-s lxc.net.0.type=macvlan");
    assertTrue(
        err.contains(
            "an ordinary user's container cannot have an interface of type macvlan: it lies on an"
                + " interface of the host, which only root may do"),
        err);
  }

  @Test
  void aNetworkThatIsDescribedIsMadeByTheBroker() throws IOException {
    machine.run("coffer", "network", "create", "lab").ok();
    machine.afterwards(() -> machine.run("coffer", "network", "stop", "lab"));
    eve.broker("USER veth lab 1");
    eve.create("a", "lxc.net.0.link = lab");
    eve.start("a").ok().complains("");
    String info = "lxc-info -i -H -n " + machine.name("a");
    Machine.await(
        "an address by DHCP",
        Household.SOON,
        () -> eve.says(info).ok().out().startsWith("10.0.4."));
    eve.kill("a");
  }
}
