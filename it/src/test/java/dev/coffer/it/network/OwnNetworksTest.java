package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Networks of Coffer's own, beside that of LXC, and zones. */
@Everywhere
class OwnNetworksTest {
  private static final Duration LEASE = Duration.ofSeconds(20);

  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void network() {
    machine.ownNetwork();
  }

  private void started(String name, String... lines) throws IOException {
    machine.create(name).ok();
    machine.configure(name, "lxc.net =", "lxc.net.0.type = veth", "lxc.net.0.flags = up");
    machine.configure(name, lines);
    machine.lxc("start", name).ok();
  }

  private Outcome inside(String name, String script) {
    return machine.lxc("attach", name, "--", "/bin/sh", "-c", script);
  }

  private String awaitAddress(String name, String prefix) {
    Machine.await(
        "an address of " + name,
        LEASE,
        () -> machine.lxc("info", name, "-i", "-H").ok().text().contains(prefix));
    return machine
        .lxc("info", name, "-i", "-H")
        .ok()
        .text()
        .lines()
        .filter(line -> line.contains(prefix))
        .findFirst()
        .orElseThrow();
  }

  private String bridges() {
    return machine.run("ip", "-o", "link", "show", "type", "bridge").ok().text();
  }

  private void stopAfterwards(String network) {
    machine.afterwards(() -> machine.run("coffer", "network", "stop", network));
  }

  @Test
  void aSecondNetworkIsMadeWhenItIsNeeded() throws IOException {
    stopAfterwards("lab");
    String said =
        machine
            .run(
                "coffer", "network", "create", "lab", "--ipv6", "fd42:1ab::1/64", "--domain", "lab")
            .ok()
            .text();
    assertEquals(
        "lab: 10.0.4.1/24, described in " + machine.home().resolve("networks/lab.conf"), said);
    assertEquals("", bridges());
    started("a", "lxc.net.0.link = lab");
    started("b", "lxc.net.0.link = lab");
    awaitAddress("a", "10.0.4.");
    awaitAddress("b", "10.0.4.");
    awaitAddress("a", "fd42:1ab:");
    Machine.await(
        "a finds b by its name",
        LEASE,
        () -> inside("a", "ping -c 1 -W 1 " + machine.name("b") + ".lab").exit() == 0);
    String list = machine.run("coffer", "network", "list").ok().text();
    assertTrue(list.contains("lab  UP    10.0.4.1/24 fd42:1ab:0:0:0:0:0:1/64 nat  2"), list);
    String err = machine.run("coffer", "network", "delete", "lab").exits(1).err();
    assertTrue(err.contains("the network lab is in use by veth"), err);
    machine.lxc("stop", "a", "-k").ok();
    machine.lxc("stop", "b", "-k").ok();
    machine.run("coffer", "network", "delete", "lab").ok();
    assertEquals("", bridges());
    assertEquals("", machine.run("nft", "list", "tables").ok().text());
    assertTrue(Files.notExists(machine.home().resolve("lxc-lib/misc/dnsmasq.lab.leases")));
  }

  @Test
  void nothingGetsOutOfAnIsolatedNetwork() throws IOException {
    stopAfterwards("cell");
    stopAfterwards("open");
    machine.run("coffer", "network", "create", "cell", "--isolated").ok();
    machine.run("coffer", "network", "create", "open", "--no-nat").ok();
    started("a", "lxc.net.0.link = cell");
    started("b", "lxc.net.0.link = cell");
    started("c", "lxc.net.0.link = open");
    String b = awaitAddress("b", "10.0.4.");
    String c = awaitAddress("c", "10.0.5.");
    awaitAddress("a", "10.0.4.");
    inside("a", "ping -c 1 -W 5 " + b).ok();
    inside("a", "ping -c 1 -W 5 10.0.4.1").ok();
    assertTrue(!inside("a", "ip route").ok().text().contains("default"));
    inside("a", "ip route add default via 10.0.4.1; ping -c 1 -W 1 " + c).exits(1);
    inside("c", "ping -c 1 -W 1 " + b).exits(1);
  }

  @Test
  void aFileThatCannotBeUsedIsToldWithAllItsProblems() throws IOException {
    Files.createDirectories(machine.home().resolve("networks"));
    Files.writeString(
        machine.home().resolve("networks/bad.conf"), "ipv4.adress = 10.0.9.1/24\nipv4.nat = x\n");
    machine.create("a").ok();
    machine.configure("a", "lxc.net =", "lxc.net.0.type = veth", "lxc.net.0.link = bad");
    String err = machine.lxc("start", "a", "-F").exits(1).err();
    assertTrue(err.contains("cannot ensure network bad: cannot use the network bad"), err);
    assertTrue(err.contains("bad.conf:1  there is no key \"ipv4.adress\""), err);
    assertTrue(err.contains("bad.conf:2  ipv4.nat: \"x\" is neither true nor false"), err);
  }

  @Test
  void aZoneComesWithItsFirstContainerAndGoesWithItsLast() throws IOException {
    started("a", "coffer.net.0.zone = web", "lxc.net.0.ipv4.address = 10.8.0.2/24");
    started("b", "coffer.net.0.zone = web", "lxc.net.0.ipv4.address = 10.8.0.3/24");
    assertTrue(bridges().contains("vz-web"), bridges());
    inside("a", "ping -c 1 -W 5 10.8.0.3").ok();
    machine.lxc("stop", "a", "-k").ok();
    assertTrue(bridges().contains("vz-web"), bridges());
    machine.lxc("stop", "b", "-k").ok();
    assertEquals("", bridges());
  }

  @Test
  void aZoneOfAFailedStartGoesToo() throws IOException {
    machine.create("a").ok();
    machine.configure("a", "lxc.net =", "lxc.net.0.type = veth", "coffer.net.0.zone = web");
    machine.configure("a", "lxc.init.cmd = /no/such");
    machine.lxc("start", "a", "-F").exits(1);
    assertEquals("", bridges());
  }

  @Test
  void theBridgeOfAZoneThatTheUserMadeStays() throws IOException {
    machine.run("ip", "link", "add", "vz-mine", "type", "bridge").ok();
    started("a", "coffer.net.0.zone = mine");
    machine.lxc("stop", "a", "-k").ok();
    assertTrue(bridges().contains("vz-mine"), bridges());
  }

  @Test
  void aZoneAndALinkExcludeEachOther() throws IOException {
    machine.create("a").ok();
    machine.configure("a", "lxc.net =", "lxc.net.0.type = veth", "coffer.net.0.zone = web");
    machine.configure("a", "lxc.net.0.link = br0");
    String err = machine.lxc("start", "a", "-F").exits(1).err();
    assertTrue(err.contains("an interface is in a zone or has a link, not both"), err);
  }
}
