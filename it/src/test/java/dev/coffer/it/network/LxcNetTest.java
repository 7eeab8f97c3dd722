package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The bridge of /etc/default/lxc-net, made by the first container that needs it. */
@Everywhere
class LxcNetTest {
  private static final Duration LEASE = Duration.ofSeconds(20);

  /** The service of LXC, as Debian has it. */
  private static final Path LXCS_OWN = Path.of("/usr/libexec/lxc/lxc-net");

  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void network() throws IOException {
    machine.ownNetwork();
    lxcNet();
    machine.afterwards(() -> machine.run("coffer", "network", "stop"));
  }

  private void lxcNet(String... lines) throws IOException {
    List<String> all = new ArrayList<>(List.of("USE_LXC_BRIDGE=true", "LXC_DHCP_PING=false"));
    all.addAll(List.of(lines));
    machine.lxcNet(all.toArray(String[]::new));
  }

  /** Whatever this machine's default.conf says. */
  private void created(String name) throws IOException {
    machine.create(name).ok();
    machine.configure(
        name,
        "lxc.net =",
        "lxc.net.0.type = veth",
        "lxc.net.0.link = lxcbr0",
        "lxc.net.0.flags = up");
  }

  private void started(String name) throws IOException {
    created(name);
    machine.lxc("start", name).ok();
  }

  private String addresses(String name) {
    return machine.lxc("info", name, "-i", "-H").ok().text();
  }

  private String awaitAddress(String name) {
    Machine.await("an address of " + name, LEASE, () -> addresses(name).contains("10.0.3."));
    return addresses(name).lines().filter(line -> line.contains(".")).findFirst().orElseThrow();
  }

  private Outcome inside(String name, String script) {
    return machine.lxc("attach", name, "--", "/bin/sh", "-c", script);
  }

  /** The client writes resolv.conf after it has set the address. */
  private void awaitPing(String from, String to) {
    Machine.await(
        from + " reaches " + to, LEASE, () -> inside(from, "ping -c 1 -W 1 " + to).exit() == 0);
  }

  private String links() {
    return machine.run("ip", "-o", "link", "show", "type", "bridge").ok().text();
  }

  private String tables() {
    return machine.run("nft", "list", "tables").ok().text();
  }

  @Test
  void containersGetAddressesAndFindEachOtherByName() throws IOException {
    lxcNet("LXC_DOMAIN=lxc");
    started("a");
    started("b");
    String first = awaitAddress("a");
    String second = awaitAddress("b");
    awaitPing("a", machine.name("b"));
    awaitPing("b", machine.name("a") + ".lxc");
    inside("a", "ping -c 1 -W 5 10.0.3.1").ok();
    inside("b", "nc -l -p 7777 -e echo hello >/dev/null 2>&1 </dev/null &").ok();
    Machine.await(
        "TCP from a to b",
        LEASE,
        () -> inside("a", "nc -w 5 " + second + " 7777 </dev/null").text().equals("hello"));
    String list = machine.run("lxc-ls", "-P", machine.lxcpath().toString(), "-f").ok().text();
    assertTrue(list.contains(first) && list.contains(second), list);
    String leases = machine.run("coffer", "network", "leases").ok().text();
    assertTrue(leases.contains(first + " ") && leases.contains(machine.name("a")), leases);
  }

  @Test
  void iptablesMakesTheRulesWhereTheFileSaysSo() throws IOException {
    assumeTrue(machine.run("sh", "-c", "command -v iptables").exit() == 0, "no iptables");
    machine.run("iptables", "-P", "FORWARD", "DROP").ok();
    machine.run("iptables", "-P", "INPUT", "DROP").ok();
    lxcNet("LXC_USE_NFT=false");
    started("a");
    String address = awaitAddress("a");
    started("b");
    awaitAddress("b");
    inside("b", "ping -c 1 -W 5 " + address).ok();
    String ours = machine.run("iptables-save").ok().text();
    assertTrue(ours.contains("MASQUERADE") && ours.contains("coffer lxcbr0"), ours);
    assertFalse(tables().contains("inet lxc"), tables());
    machine.run("coffer", "network", "start").ok();
    machine.lxc("stop", "a", "-k").ok();
    machine.lxc("stop", "b", "-k").ok();
    machine.run("coffer", "network", "stop").ok();
    assertFalse(machine.run("iptables-save").ok().text().contains("coffer"));
  }

  @Test
  void startsAtOnceMakeItOnce() throws Exception {
    List<String> names = List.of("a", "b", "c", "d");
    for (String name : names) {
      created(name);
    }
    List<Thread> starts =
        names.stream()
            .map(name -> Thread.ofPlatform().start(() -> machine.lxc("start", name).ok()))
            .toList();
    for (Thread start : starts) {
      start.join();
    }
    names.forEach(this::awaitAddress);
    assertEquals(4, names.stream().map(this::awaitAddress).distinct().count());
    assertTrue(machine.run("coffer", "network", "show").ok().text().contains("UP"));
  }

  @Test
  void whatIsMissingOfItIsMadeAgainByTheNextStart() throws IOException {
    started("a");
    awaitAddress("a");
    String pid = Files.readString(machine.home().resolve("lxc-run/dnsmasq.pid")).strip();
    machine.killEngine();
    assertTrue(ProcessHandle.of(Long.parseLong(pid)).orElseThrow().isAlive());
    ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();
    Machine.await(
        "broken",
        LEASE,
        () -> machine.run("coffer", "network", "show").ok().text().contains("BROKEN"));
    started("b");
    awaitAddress("b");
    inside("b", "ping -c 1 -W 5 " + awaitAddress("a")).ok();
  }

  @Test
  void nothingIsLeftWhenItIsStopped() throws IOException {
    machine.run("coffer", "network", "start").ok();
    assertTrue(tables().contains("table inet lxc"), tables());
    assertEquals("lxcbr0 is up already", machine.run("coffer", "network", "start").ok().text());
    machine.run("coffer", "network", "stop").ok();
    assertEquals("", tables());
    assertEquals("", links());
    try (var left = Files.list(machine.home().resolve("lxc-run"))) {
      assertEquals(
          List.of("coffer-networks.lock"), left.map(f -> f.getFileName().toString()).toList());
    }
  }

  @Test
  void aContainersLeaseAndNeighbourGoWithIt() throws IOException {
    started("a");
    String address = awaitAddress("a");
    inside("a", "ping -c 1 -W 5 10.0.3.1").ok();
    assertTrue(machine.run("ip", "neighbour").ok().text().contains(address));
    machine.lxc("stop", "a", "-k").ok();
    Machine.await(
        "the lease is given back",
        LEASE,
        () -> !machine.run("coffer", "network", "leases").ok().text().contains(address));
    assertFalse(machine.run("ip", "neighbour").ok().text().contains(address));
    machine.lxc("start", "a").ok();
    assertEquals(address, awaitAddress("a"));
  }

  @Test
  void itStaysForWhatIsAttachedAndComesBack() throws IOException {
    started("a");
    awaitAddress("a");
    String said = machine.run("coffer", "network", "stop").ok().text();
    assertTrue(said.startsWith("The bridge lxcbr0 stays, without addresses, for veth"), said);
    machine.run("coffer", "network", "start").ok();
    inside("a", "ping -c 1 -W 5 10.0.3.1").ok();
  }

  @Test
  void aBridgeOfTheUsersOwnIsLeftAlone() throws IOException {
    machine.run("ip", "link", "add", "lxcbr0", "type", "bridge").ok();
    machine.run("ip", "link", "set", "lxcbr0", "up").ok();
    started("a");
    assertEquals("", tables());
    machine.run("coffer", "network", "start").exits(1);
    machine.lxc("stop", "a", "-k").ok();
    assertTrue(links().contains("lxcbr0"), links());
  }

  @Test
  void packetsLeaveUnderTheHostsAddress() throws IOException {
    String outside = machine.name("out");
    machine.run("ip", "netns", "add", outside).ok();
    machine.afterwards(() -> machine.run("ip", "netns", "delete", outside));
    machine.run("ip", "link", "add", "up0", "type", "veth", "peer", "down0", "netns", outside).ok();
    machine.run("ip", "address", "add", "192.0.2.1/24", "dev", "up0").ok();
    machine.run("ip", "link", "set", "up0", "up").ok();
    machine.run("ip", "-n", outside, "address", "add", "192.0.2.2/24", "dev", "down0").ok();
    machine.run("ip", "-n", outside, "link", "set", "down0", "up").ok();
    started("a");
    awaitAddress("a");
    // the outside has no route to 10.0.3.0/24: an answer comes only if the address was translated
    inside("a", "ping -c 1 -W 5 192.0.2.2").ok();
    assertTrue(machine.run("nft", "list", "table", "ip", "lxc").ok().text().contains("masquerade"));
  }

  @Test
  void routerAdvertisementsGiveAddressesOfIpv6() throws IOException {
    lxcNet(
        "LXC_IPV6_ADDR=fd42:c0ff::1",
        "LXC_IPV6_MASK=64",
        "LXC_IPV6_NETWORK=fd42:c0ff::/64",
        "LXC_IPV6_NAT=true");
    started("a");
    Machine.await("IPv6", LEASE, () -> addresses("a").contains("fd42:c0ff:"));
    Machine.await(
        "an answer", LEASE, () -> inside("a", "ping -6 -c 1 -W 1 fd42:c0ff::1").exit() == 0);
    assertTrue(tables().contains("table ip6 lxc"), tables());
    assertTrue(inside("a", "ip -6 route").ok().text().contains("default via fe80:"));
  }

  @Test
  void staticLeasesComeFromTheFileOfTheUsers() throws IOException {
    Path conf = machine.home().resolve("dnsmasq.conf");
    Files.writeString(conf, "dhcp-host=" + machine.name("a") + ",10.0.3.77\n");
    lxcNet("LXC_DHCP_CONFILE=" + conf);
    started("a");
    assertEquals("10.0.3.77", awaitAddress("a"));
  }

  @Test
  void dockersChainIsPassed() throws IOException {
    Path rules = machine.home().resolve("docker.nft");
    Files.writeString(
        rules,
        """
        table ip filter {
          chain FORWARD { type filter hook forward priority 0; policy drop; jump DOCKER-USER; }
          chain DOCKER-USER { }
        }
        """
            .replace("policy drop; jump", "policy drop;\n jump"));
    machine.run("nft", "-f", rules.toString()).ok();
    machine.run("coffer", "network", "start").ok().complains("");
    String chain = "list chain ip filter DOCKER-USER";
    String ours = machine.run(("nft " + chain).split(" ")).ok().text();
    assertTrue(ours.contains("iifname \"lxcbr0\"") && ours.contains("oifname \"lxcbr0\""), ours);
    machine.run("coffer", "network", "start").ok();
    assertEquals(ours, machine.run(("nft " + chain).split(" ")).ok().text());
    machine.run("coffer", "network", "stop").ok();
    assertFalse(machine.run(("nft " + chain).split(" ")).ok().text().contains("lxcbr0"));
  }

  @Test
  void aFirewallThatDropsIsTold() throws IOException {
    machine.run("nft", "add table ip filter").ok();
    machine
        .run(
            "nft",
            "add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }")
        .ok();
    created("a");
    String err = machine.lxc("start", "a").ok().err();
    assertTrue(
        err.contains(
            "the chain ip filter FORWARD of the firewall drops what lxcbr0 forwards (remedy: nft"
                + " insert rule ip filter FORWARD iifname lxcbr0 accept && "),
        err);
    assertTrue(machine.run("coffer", "doctor").out().contains("drops what lxcbr0 forwards"));
  }

  @Test
  void withoutDnsmasqsLeaveNothingIsLeft() throws IOException {
    lxcNet("LXC_DHCP_RANGE=nonsense");
    machine.create("a").ok();
    String err = machine.lxc("start", "a", "-F").exits(1).err();
    assertTrue(err.contains("cannot ensure network lxcbr0: dnsmasq does not start: "), err);
    assertTrue(err.contains("bad dhcp-range"), err);
    assertEquals("", tables());
    assertEquals("", links());
  }

  @Test
  void lxcsOwnServiceEndsWhatCofferBegan() throws IOException {
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(LXCS_OWN), "no lxc-net of LXC");
    Path service = lxcsService();
    machine.run("coffer", "network", "start").ok();
    assertEquals(
        "lxc-net is already running", machine.run(service.toString(), "start").exits(1).text());
    machine.run(service.toString(), "stop").ok();
    assertEquals("", tables());
    assertEquals("", links());
    assertTrue(machine.run("coffer", "network", "show").ok().text().contains("DOWN"));
  }

  @Test
  void cofferEndsWhatLxcsOwnServiceBegan() throws IOException {
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(LXCS_OWN), "no lxc-net of LXC");
    machine.run(lxcsService().toString(), "start").ok();
    String coffers = machine.tool("../libexec/lxc/lxc-net").toString();
    assertEquals("lxc-net is already running", machine.run(coffers, "start").exits(1).text());
    assertTrue(machine.run("coffer", "network", "show").ok().text().contains("UP"));
    started("a");
    awaitAddress("a");
    machine.lxc("stop", "a", "-k").ok();
    machine.run(coffers, "stop").ok();
    assertEquals("lxc-net isn't running", machine.run(coffers, "stop").exits(1).text());
    machine.run(coffers, "nonsense").exits(2);
    assertEquals("", tables());
    assertEquals("", links());
  }

  /** It looks for its settings and its bridge at fixed places, but it is a script. */
  private Path lxcsService() throws IOException {
    Path folder = Files.createDirectories(machine.home().resolve("default"));
    Files.writeString(folder.resolve("lxc"), ". " + machine.lxcNetFile() + "\n");
    String script =
        Files.readString(LXCS_OWN)
            .replace("distrosysconfdir=\"/etc/default\"", "distrosysconfdir=" + folder)
            .replace(
                "[ -d /sys/class/net/${LXC_BRIDGE} ]", "ip link show ${LXC_BRIDGE} >/dev/null 2>&1")
            .replace(
                "[ ! -d /sys/class/net/${LXC_BRIDGE} ]",
                "! ip link show ${LXC_BRIDGE} >/dev/null 2>&1")
            .replace(
                "ls /sys/class/net/${LXC_BRIDGE}/brif/*",
                "ip -o link show master ${LXC_BRIDGE} | grep -q .");
    Path service = machine.home().resolve("lxc-net-of-lxc");
    Files.writeString(service, script);
    Files.setPosixFilePermissions(
        service, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    return service;
  }
}
