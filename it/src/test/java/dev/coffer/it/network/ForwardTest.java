package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** coffer.net.N.forward: ports of the host that lead to a container. */
@Everywhere
class ForwardTest {
  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void bridge() throws IOException {
    machine.ownNetwork();
    machine.run("ip", "link", "add", "br0", "type", "bridge").ok();
    machine.run("ip", "address", "add", "10.9.0.1/24", "dev", "br0").ok();
    machine.run("ip", "-6", "address", "add", "fd09::1/64", "dev", "br0", "nodad").ok();
    machine.run("ip", "link", "set", "br0", "up").ok();
  }

  private void start(String name, String... lines) throws IOException {
    prepare(name, lines);
    machine.lxc("start", name).ok();
    machine
        .lxc(
            "attach",
            name,
            "--",
            "sh",
            "-c",
            "mkdir -p /tmp/w; hostname > /tmp/w/x; httpd -p 80 -h /tmp/w; httpd -p 91 -h /tmp/w")
        .ok();
  }

  private void prepare(String name, String... lines) throws IOException {
    machine.create(name).ok();
    machine.configure(
        name, "lxc.net =", "lxc.net.0.type = veth", "lxc.net.0.link = br0", "lxc.net.0.flags = up");
    machine.configure(name, lines);
  }

  private void assertAnswers(String name, String address) {
    String url = "http://" + address + "/x";
    assertEquals(machine.name(name), machine.run("curl", "-s", "-m", "5", url).ok().text());
  }

  private Outcome inside(String name, String... command) {
    String[] all = new String[command.length + 1];
    all[0] = "--";
    System.arraycopy(command, 0, all, 1, command.length);
    return machine.lxc("attach", name, all);
  }

  /** A request from within a container's network. */
  private Outcome ask(String who, String url) {
    String init = machine.lxc("info", who, "-p", "-H").ok().text();
    return machine.run("nsenter", "-t", init, "-n", "curl", "-s", "-m", "3", url);
  }

  private String rules() {
    return machine.run("nft", "list", "ruleset").ok().text();
  }

  private String localnet() {
    return machine.run("cat", "/proc/sys/net/ipv4/conf/br0/route_localnet").ok().text();
  }

  @Test
  void everyoneReachesTheContainerByThePortsOfTheHost() throws IOException {
    start(
        "a",
        "lxc.net.0.ipv4.address = 10.9.0.2/24",
        "lxc.net.0.ipv4.gateway = auto",
        "lxc.net.0.ipv6.address = fd09::2/64",
        "coffer.net.0.forward = 8080:80",
        "coffer.net.0.forward = tcp:9000-9002:90");
    start("b", "lxc.net.0.ipv4.address = 10.9.0.3/24");
    assertAnswers("a", "127.0.0.1:8080");
    assertAnswers("a", "10.9.0.1:8080");
    assertAnswers("a", "10.9.0.1:9001");
    assertAnswers("a", "[fd09::1]:8080");
    for (String who : new String[] {"a", "b"}) {
      String got = ask(who, "http://10.9.0.1:8080/x").ok().text();
      assertEquals(machine.name("a"), got, "from container " + who);
    }
    assertOutsiderReaches("10.8.0.1:8080");
    assertEquals("1", localnet());
    machine.lxc("stop", "a", "-k").ok();
    assertEquals("", rules());
    assertEquals("0", localnet());
  }

  /** Somebody of another network, to which this host is the router. */
  private void assertOutsiderReaches(String address) {
    String outside = machine.name("outside");
    machine.run("ip", "netns", "add", outside).ok();
    machine.afterwards(() -> machine.run("ip", "netns", "delete", outside));
    machine.run("ip", "link", "add", "up0", "type", "veth", "peer", "eth0", "netns", outside).ok();
    machine.run("ip", "address", "add", "10.8.0.1/24", "dev", "up0").ok();
    machine.run("ip", "link", "set", "up0", "up").ok();
    machine.run("ip", "-n", outside, "address", "add", "10.8.0.2/24", "dev", "eth0").ok();
    machine.run("ip", "-n", outside, "link", "set", "eth0", "up").ok();
    String[] command = {
      "nsenter", "--net=/run/netns/" + outside, "curl", "-s", "-m", "5", "http://" + address + "/x"
    };
    assertEquals(machine.name("a"), machine.run(command).ok().text());
  }

  @Test
  void whatListensOnTheLoopbackInterfaceOnlyStaysOutOfReach() throws IOException {
    start("a", "lxc.net.0.ipv4.address = 10.9.0.2/24", "coffer.net.0.forward = 127.0.0.1:8080:80");
    assertAnswers("a", "127.0.0.1:8080");
    machine.run("curl", "-s", "-m", "2", "http://10.9.0.1:8080/x").exits(7);
    Command.Running server =
        machine.command("busybox", "httpd", "-f", "-p", "127.0.0.1:7000", "-h", "/etc").start();
    machine.afterwards(() -> server.process().destroy());
    Machine.await(
        "the server",
        Duration.ofSeconds(5),
        () -> machine.run("curl", "-s", "http://127.0.0.1:7000/hostname").exit() == 0);
    // with a route that takes it for one of the bridge's, a packet for 127.0.0.1 leaves it
    inside("a", "ip", "address", "flush", "dev", "lo").ok();
    inside("a", "sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet");
    inside("a", "ip", "route", "add", "127.0.0.0/8", "via", "10.9.0.1", "dev", "eth0");
    Outcome attack = ask("a", "http://127.0.0.1:7000/hostname");
    assertEquals("", attack.text());
  }

  @Test
  void anAddressThatDhcpGivesLaterIsLearntWithoutAnEngine() throws IOException {
    Path pid = machine.home().resolve("dnsmasq");
    machine
        .run(
            "dnsmasq",
            "--conf-file=/dev/null",
            "--interface=br0",
            "--port=0",
            "--dhcp-authoritative",
            "--dhcp-range=10.9.0.20,10.9.0.90",
            "--dhcp-leasefile=" + machine.home().resolve("leases"),
            "--pid-file=" + pid)
        .ok();
    machine.afterwards(() -> machine.run("kill", Files.readString(pid).strip()));
    start("a", "coffer.net.0.forward = 8080:80");
    machine.run("curl", "-s", "-m", "2", "http://10.9.0.1:8080/x").exits(7);
    String init = machine.lxc("info", "a", "-p", "-H").ok().text();
    machine.run("coffer", "engine", "stop").ok();
    machine
        .run(
            "nsenter",
            "-t",
            init,
            "-a",
            "sh",
            "-c",
            "printf '#!/bin/sh\\n[ $1 != bound ] || ip address add $ip/24 dev $interface\\n'"
                + " > /tmp/dhcp; chmod +x /tmp/dhcp; udhcpc -n -q -i eth0 -s /tmp/dhcp")
        .ok();
    assertAnswers("a", "127.0.0.1:8080");
    assertAnswers("a", "10.9.0.1:8080");
  }

  @Test
  void aPortInUseIsRefusedWithBothOwnersNamed() throws IOException {
    start("a", "lxc.net.0.ipv4.address = 10.9.0.2/24", "coffer.net.0.forward = 8000-8100");
    prepare("b", "lxc.net.0.ipv4.address = 10.9.0.3/24", "coffer.net.0.forward = 8080:80");
    String err = machine.lxc("start", "b", "-F").exits(1).err();
    String said =
        "cannot forward tcp:8080:80 to "
            + machine.name("b")
            + ": it belongs to container "
            + machine.name("a")
            + " ("
            + machine.lxcpath()
            + ") by tcp:8000-8100";
    assertTrue(err.contains(said), err);
    machine.killEngine();
    assertTrue(machine.lxc("start", "b", "-F").exits(1).err().contains(said), "another engine");
    machine.lxc("stop", "a", "-k").ok();
    machine.lxc("start", "b").ok();
  }

  @Test
  void aPortThatAProgramOfTheHostWaitsAtIsRefused() throws IOException {
    Command.Running server = machine.command("busybox", "httpd", "-f", "-p", "7000").start();
    machine.afterwards(() -> server.process().destroy());
    Machine.await(
        "the server",
        Duration.ofSeconds(5),
        () -> machine.run("curl", "-s", "http://127.0.0.1:7000/").exit() == 0);
    prepare("b", "lxc.net.0.ipv4.address = 10.9.0.3/24", "coffer.net.0.forward = 7000:80");
    String err = machine.lxc("start", "b", "-F").exits(1).err();
    assertTrue(err.contains("it belongs to busybox (process "), err);
    assertEquals("", rules());
  }

  @Test
  void afterAKilledEngineAndContainerNoRuleIsLeft() throws IOException {
    start("a", "lxc.net.0.ipv4.address = 10.9.0.2/24", "coffer.net.0.forward = 8080:80");
    String init = machine.lxc("info", "a", "-p", "-H").ok().text();
    machine.killEngine();
    machine.run("kill", "-9", init).ok();
    machine.lxc("wait", "a", "-s", "STOPPED", "-t", "20").ok();
    assertEquals("", rules());
    assertEquals("0", localnet());
  }
}
