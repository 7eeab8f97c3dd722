package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** coffer.net.N.filter.… and isolated: what a container can send on a bridge. */
@Everywhere
class FilterTest {
  private static final Set<String> OWN =
      Set.of("own-ipv4", "own-arp", "own-ipv6", "own-advertisement");

  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void bridge() throws IOException {
    machine.ownNetwork();
    machine.run("ip", "link", "add", "br0", "type", "bridge", "mcast_snooping", "0").ok();
    machine.run("ip", "address", "add", "10.9.0.1/24", "dev", "br0").ok();
    machine.run("ip", "link", "set", "br0", "up").ok();
  }

  private void start(String name, int number, String... lines) throws IOException {
    machine.create(name).ok();
    machine.configure(
        name,
        "lxc.net =",
        "lxc.net.0.type = veth",
        "lxc.net.0.link = br0",
        "lxc.net.0.flags = up",
        "lxc.net.0.hwaddr = 02:00:00:00:00:" + "%02x".formatted(8 + number),
        "lxc.net.0.ipv6.address = fd09::" + number + "/64");
    machine.configure(name, lines);
    machine.lxc("start", name).ok();
  }

  private static String address(int number) {
    return "lxc.net.0.ipv4.address = 10.9.0." + number + "/24";
  }

  private String pid(String name) {
    return machine.lxc("info", name, "-p", "-H").ok().text();
  }

  /** The names of the frames that reach container b from container a, by what frames.py tells. */
  private Set<String> passing() throws IOException {
    Path script = machine.home().resolve("frames.py");
    try (InputStream text = FilterTest.class.getResourceAsStream("frames.py")) {
      Files.write(script, text.readAllBytes());
    }
    List<String> lines = machine.run("python3", script.toString(), pid("a"), pid("b")).ok().lines();
    assertEquals(17, lines.size());
    return lines.stream()
        .filter(line -> line.endsWith(" passes"))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private String rules() {
    return machine.run("nft", "list", "ruleset").ok().text();
  }

  @Test
  void withoutTheKeysEverythingPasses() throws IOException {
    start("a", 2, address(2));
    start("b", 3, address(3));
    assertEquals(17, passing().size());
    assertEquals("", rules());
  }

  @Test
  void whatIsNotItsOwnIsDroppedAndTheRulesGoWithTheContainer() throws IOException {
    start("a", 2, address(2), "coffer.net.0.filter.ipv4 = 1", "coffer.net.0.filter.ipv6 = 1");
    start("b", 3, address(3), "coffer.net.0.filter.mac = 1");
    assertEquals(new TreeSet<>(OWN), passing());
    machine.lxc("attach", "a", "--", "ping", "-c", "1", "-W", "5", "10.9.0.1").ok();
    machine.lxc("attach", "b", "--", "ping", "-c", "1", "-W", "5", "10.9.0.2").ok();
    machine.lxc("stop", "a", "-k").ok();
    assertTrue(rules().contains("from_"), "those of b are still there");
    machine.lxc("stop", "b", "-k").ok();
    assertEquals("", rules());
  }

  @Test
  void theFilterOfMacsLeavesAddressesAlone() throws IOException {
    start("a", 2, address(2), "coffer.net.0.filter.mac = 1");
    start("b", 3, address(3));
    Set<String> passing = passing();
    assertTrue(passing.containsAll(OWN), passing::toString);
    assertTrue(passing.contains("other-ipv4"), passing::toString);
    assertEquals(15, passing.size(), passing::toString);
  }

  @Test
  void withoutConfiguredAddressesThoseOfDhcpAndOfTheMacPass() throws IOException {
    machine
        .run(
            "dnsmasq",
            "--conf-file=/dev/null",
            "--interface=br0",
            "--port=0",
            "--dhcp-authoritative",
            "--dhcp-range=10.9.0.2,10.9.0.2",
            "--dhcp-leasefile=" + machine.home().resolve("leases"),
            "--pid-file=" + machine.home().resolve("dnsmasq"))
        .ok();
    machine.afterwards(
        () -> machine.run("kill", Files.readString(machine.home().resolve("dnsmasq")).strip()));
    machine.create("a").ok();
    start("b", 3, address(3));
    machine.configure(
        "a",
        "lxc.net =",
        "lxc.net.0.type = veth",
        "lxc.net.0.link = br0",
        "lxc.net.0.flags = up",
        "lxc.net.0.hwaddr = 02:00:00:00:00:0a",
        "coffer.net.0.filter.ipv4 = 1",
        "coffer.net.0.filter.ipv6 = 1");
    machine.lxc("start", "a").ok();
    assertEquals(Set.of("ipv6-of-mac"), passing());
    lease();
    assertEquals(Set.of("own-ipv4", "own-arp", "ipv6-of-mac"), passing());
    machine.lxc("attach", "a", "--", "ping", "-c", "1", "-W", "5", "10.9.0.1").ok();
  }

  private void lease() {
    machine
        .lxc(
            "attach",
            "a",
            "--",
            "sh",
            "-c",
            "printf '#!/bin/sh\\n[ $1 != bound ] || ip address add $ip/24 dev $interface\\n'"
                + " > /tmp/dhcp; chmod +x /tmp/dhcp; udhcpc -n -q -i eth0 -s /tmp/dhcp")
        .ok();
  }

  @Test
  void isolatedContainersReachTheHostOnly() throws IOException {
    start("a", 2, address(2), "coffer.net.0.isolated = 1");
    start("b", 3, address(3), "coffer.net.0.isolated = 1");
    start("c", 4, address(4));
    machine.lxc("attach", "a", "--", "ping", "-c", "1", "-W", "5", "10.9.0.1").ok();
    machine.lxc("attach", "a", "--", "ping", "-c", "1", "-W", "5", "10.9.0.4").ok();
    machine.lxc("attach", "a", "--", "ping", "-c", "1", "-W", "1", "10.9.0.3").exits(1);
  }

  @Test
  void aKilledEngineAndAKilledContainerLeaveNoRules() throws IOException {
    start("a", 2, address(2), "coffer.net.0.filter.ipv4 = 1");
    String pid = pid("a");
    machine.killEngine();
    assertTrue(rules().contains("10.9.0.2"));
    machine.run("kill", "-9", pid).ok();
    machine.lxc("wait", "a", "-s", "STOPPED", "-t", "20").ok();
    assertEquals("", rules());
  }

  @Test
  void withoutABridgeAFilterIsRefused() throws IOException {
    machine.create("a").ok();
    machine.configure("a", "lxc.net =", "lxc.net.0.type = empty", "coffer.net.0.filter.mac = 1");
    String err = machine.lxc("start", "a", "-F").exits(1).err();
    assertTrue(err.contains("only a veth has an end on the host"), err);
  }
}
