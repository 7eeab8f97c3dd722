package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.config.LxcConfig;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.plan.KeeperStep.RunNetworkProgram;
import dev.coffer.model.plan.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UserNetworkPlannerTest {
  private static final Optional<String> NIC = Optional.of("/usr/libexec/lxc/lxc-user-nic");
  private static final Optional<String> PASTA = Optional.of("/usr/bin/pasta");
  private static final Optional<String> SLIRP = Optional.of("/usr/bin/slirp4netns");
  private static final Optional<String> NO = Optional.empty();
  private static final String[] BRIDGED = {
    "lxc.net.0.type = veth", "lxc.net.0.link = br0", "lxc.net.0.flags = up"
  };
  private static final String[] ALONE = {"lxc.net.0.type = veth", "lxc.net.0.flags = up"};

  private static UserNetwork ways(
      boolean broker, Optional<String> nic, Optional<String> pasta, Optional<String> slirp) {
    return new UserNetwork("/run/b", broker, nic, pasta, slirp, true, "/run/user/1000/coffer");
  }

  private static List<Step> plan(UserNetwork ways, String... lines) {
    LxcConfig config =
        LxcConfig.parse(String.join("\n", lines) + "\n", Path.of("config"), Map.of());
    ContainerSpec spec = config.spec("c", Path.of("/home/eve/lxc"));
    HostFacts host = Hosts.DELEGATED;
    HostFacts facts =
        new HostFacts(
            host.trees(),
            host.cgroupName(),
            host.keeperCgroupName(),
            host.keeperNeedsCgroup(),
            false,
            host.lastCapability(),
            false,
            true,
            host.user(),
            host.lsm(),
            true,
            host.delegatable(),
            host.guestSystemd(),
            NetworkFacts.of("id", java.util.Set.of()).by(ways),
            StorageFacts.DIRECTORY);
    return new NetworkPlanner(spec, facts).interfaces();
  }

  private static List<String> described(UserNetwork ways, String... lines) {
    return plan(ways, lines).stream().map(Step::describe).toList();
  }

  private static List<String> program(UserNetwork ways, String... lines) {
    return ((RunNetworkProgram) plan(ways, lines).getFirst()).argv();
  }

  @Test
  void theBrokerComesFirst() {
    List<String> steps =
        described(
            ways(true, NIC, PASTA, SLIRP),
            "lxc.net.0.type = veth",
            "lxc.net.0.link = br0",
            "lxc.net.0.flags = up",
            "lxc.net.0.hwaddr = 02:00:00:00:00:01",
            "lxc.net.0.mtu = 1400",
            "lxc.net.0.ipv4.address = 10.0.3.7/24",
            "lxc.net.0.ipv4.gateway = 10.0.3.1");
    assertEquals(
        List.of(
            "lend the engine a netlink socket",
            "have eth0 joined to br0 by the broker at /run/b",
            "bring up eth0, address 02:00:00:00:00:01, mtu 1400",
            "add address 10.0.3.7/24 to eth0",
            "route all of IPv4 by 10.0.3.1"),
        steps);
  }

  @Test
  void thenLxcsOwnProgram() {
    UserNetwork ways = ways(false, NIC, PASTA, SLIRP);
    assertEquals(
        "connect eth0 to br0 by lxc-user-nic, as no broker answers at /run/b",
        described(ways, BRIDGED).getFirst());
    assertEquals(
        List.of(
            "/usr/libexec/lxc/lxc-user-nic",
            "create",
            "/home/eve/lxc",
            "c",
            RunNetworkProgram.PID,
            "veth",
            "br0",
            "eth0"),
        program(ways, BRIDGED));
  }

  @Test
  void thenThoseThatNeedNobodysLeave() {
    assertEquals(
        List.of(
            "connect eth0 to the host's network by pasta, as no broker answers at /run/b, no"
                + " lxc-user-nic"),
        described(ways(false, NO, PASTA, SLIRP), BRIDGED));
    assertEquals(
        List.of(
            "connect eth0 to the host's network by slirp4netns, as no broker answers at /run/b, no"
                + " lxc-user-nic"),
        described(ways(false, NO, NO, SLIRP), BRIDGED));
  }

  @Test
  void withoutABridgeThoseComeFirst() {
    assertEquals(
        List.of("connect eth0 to the host's network by pasta, as no bridge is named"),
        described(ways(true, NIC, PASTA, SLIRP), ALONE));
    assertEquals(
        "have eth0 joined to none by the broker at /run/b",
        described(ways(true, NIC, NO, NO), ALONE).get(1));
  }

  @Test
  void whereNothingIsThereAllThreeAreNamed() {
    CofferException failure =
        assertThrows(CofferException.class, () -> plan(ways(false, NO, NO, NO), BRIDGED));
    assertEquals("there is no way to the network for containers of eve", failure.getMessage());
    String details = String.join("\n", failure.details());
    assertTrue(details.contains("from  config:1  lxc.net.0.type"), details);
    for (String way : List.of("coffer broker", "package lxc", "passt and slirp4netns")) {
      assertTrue(details.contains(way), details);
    }
  }

  @Test
  void typesOfRootAreRefused() {
    for (String type : List.of("macvlan", "ipvlan", "vlan", "phys")) {
      CofferException failure =
          assertThrows(
              CofferException.class,
              () ->
                  plan(
                      ways(true, NIC, PASTA, SLIRP),
                      "lxc.net.0.type = " + type,
                      "lxc.net.0.link = eth0",
                      type.equals("vlan") ? "lxc.net.0.vlan.id = 7" : ""));
      assertTrue(failure.getMessage().contains("interface of type " + type), failure.getMessage());
      assertTrue(failure.getMessage().endsWith("which only root may do"), failure.getMessage());
    }
  }

  @Test
  void emptyAndNoneTakeNothing() {
    assertEquals(
        List.of(),
        described(ways(false, NO, NO, NO), "lxc.net.0.type = empty", "lxc.net.0.flags = up"));
    assertEquals(List.of(), described(ways(false, NO, NO, NO), "lxc.net.0.type = none"));
  }

  @Test
  void oneWayOutIsAllThereIs() {
    CofferException failure =
        assertThrows(
            CofferException.class,
            () ->
                plan(ways(false, NO, PASTA, NO), "lxc.net.0.type = veth", "lxc.net.1.type = veth"));
    assertEquals("a container has one way out by pasta", failure.getMessage());
  }

  @Test
  void pastaGetsTheAddressesOfTheConfiguration() {
    String argv =
        String.join(
            " ",
            program(
                ways(false, NO, PASTA, NO),
                "lxc.net.0.type = veth",
                "lxc.net.0.flags = up",
                "lxc.net.0.name = wan0",
                "lxc.net.0.ipv4.address = 10.7.0.1/16",
                "lxc.net.0.ipv6.address = fd00::5/64",
                "lxc.net.0.mtu = 1400"));
    assertTrue(
        argv.contains(
            " --config-net --ns-ifname wan0 --address 10.7.0.1 --netmask 16 --gateway 10.7.0.2"
                + " --address fd00::5 --mtu 1400 "),
        argv);
    assertTrue(argv.contains(" --no-map-gw "), argv);
    assertTrue(argv.matches(".* --pid /run/user/1000/coffer/[0-9a-f]{16}\\.pid \0PID"), argv);
  }

  @Test
  void slirpHasItsOwnNetwork() {
    List<String> argv = program(ways(false, NO, NO, SLIRP), ALONE);
    assertEquals("/bin/sh", argv.getFirst());
    assertTrue(argv.contains("--disable-host-loopback"), argv.toString());
    assertEquals("eth0", argv.getLast());
  }

  @Test
  void pastaLeadsPortsOfTheHostToIt() {
    String argv =
        String.join(
            " ",
            program(
                ways(false, NO, PASTA, SLIRP),
                "lxc.net.0.type = veth",
                "coffer.net.0.forward = 8080:80",
                "coffer.net.0.forward = tcp:127.0.0.1:9000-9001:7000",
                "coffer.net.0.forward = udp:5353"));
    assertTrue(
        argv.contains(
            " --tcp-ports 8080:80 --tcp-ports 127.0.0.1/9000-9001:7000-7001"
                + " --udp-ports 5353:5353 --tcp-ns none"),
        argv);
  }

  @Test
  void whatIsDoneOnTheHostIsRootsAlone() {
    for (String line :
        List.of("isolated = 1", "filter.mac = 1", "limits.max = 1Mbit", "forward = 80")) {
      CofferException failure =
          assertThrows(
              CofferException.class,
              () ->
                  plan(
                      ways(true, NIC, PASTA, SLIRP),
                      "lxc.net.0.type = veth",
                      "lxc.net.0.link = br0",
                      "coffer.net.0." + line));
      assertTrue(
          failure.getMessage().endsWith("only root may do that on the host"), failure.getMessage());
    }
    assertThrows(
        CofferException.class,
        () ->
            plan(ways(false, NO, NO, SLIRP), "lxc.net.0.type = veth", "coffer.net.0.forward = 80"));
  }
}
