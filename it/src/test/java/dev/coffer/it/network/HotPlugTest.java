package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** coffer network attach, detach and link: interfaces of running containers. */
@Everywhere
class HotPlugTest {
  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void bridge() throws IOException {
    machine.ownNetwork();
    machine.run("ip", "link", "add", "br0", "type", "bridge").ok();
    machine.run("ip", "address", "add", "10.9.0.1/24", "dev", "br0").ok();
    machine.run("ip", "link", "set", "br0", "up").ok();
  }

  private void start(String name, String... lines) throws IOException {
    machine.create(name).ok();
    machine.configure(
        name, "lxc.net =", "lxc.net.0.type = veth", "lxc.net.0.link = br0", "lxc.net.0.flags = up");
    machine.configure(name, lines);
    machine.lxc("start", name).ok();
  }

  private Outcome network(String verb, String container, String... more) {
    var argv = new ArrayList<>(List.of("coffer", "network", verb, machine.name(container)));
    argv.addAll(List.of(more));
    argv.addAll(List.of("-P", machine.lxcpath().toString()));
    return machine.command(argv).run();
  }

  private Outcome inside(String name, String... command) {
    String[] all = new String[command.length + 1];
    all[0] = "--";
    System.arraycopy(command, 0, all, 1, command.length);
    return machine.lxc("attach", name, all);
  }

  private boolean has(String name, String link) {
    return inside(name, "ip", "link", "show", link).exit() == 0;
  }

  private String veths() {
    return machine.run("ip", "-o", "link", "show", "type", "veth").ok().text();
  }

  private String rules() {
    return machine.run("nft", "list", "ruleset").ok().text();
  }

  private String config(String name) throws IOException {
    return Files.readString(machine.container(name).resolve("config"));
  }

  @Test
  void anInterfaceComesAndGoes() throws IOException {
    start("a");
    String before = config("a");
    assertEquals(
        "eth1", network("attach", "a", "--link", "br0", "--ipv4", "10.9.0.7/24").ok().text());
    inside("a", "ping", "-c", "1", "-W", "5", "-I", "eth1", "10.9.0.1").ok();
    assertEquals(2, veths().lines().count());
    assertEquals("lan", network("attach", "a", "--link", "br0", "--name", "lan").ok().text());
    network("detach", "a", "eth1").ok();
    assertFalse(has("a", "eth1"));
    inside("a", "ip", "link", "show", "lan").ok();
    assertEquals("eth1", network("attach", "a", "--link", "br0").ok().text());
    assertEquals(3, veths().lines().count());
    machine.lxc("stop", "a", "-k").ok();
    assertEquals("", veths());
    assertEquals(before, config("a"));
  }

  @Test
  void whatWasAddedAlsoGoesAfterAKilledEngineAndWithItsRules() throws IOException {
    start("a");
    network(
            "attach",
            "a",
            "--link",
            "br0",
            "--ipv4",
            "10.9.0.7/24",
            "-s",
            "filter.ipv4=1",
            "-s",
            "forward=8080:80",
            "-s",
            "limits.max=10Mbit")
        .ok();
    assertTrue(rules().contains("10.9.0.7"));
    inside("a", "ping", "-c", "1", "-W", "5", "-I", "eth1", "10.9.0.1").ok();
    start("b");
    String err = network("attach", "b", "--link", "br0", "-s", "forward=8080:80").exits(1).err();
    assertTrue(err.contains("it belongs to container " + machine.name("a")), err);
    String init = machine.lxc("info", "a", "-p", "-H").ok().text();
    machine.killEngine();
    machine.run("kill", "-9", init).ok();
    machine.lxc("wait", "a", "-s", "STOPPED", "-t", "20").ok();
    assertEquals("", rules());
    assertEquals(1, veths().lines().count());
  }

  @Test
  void oneOfTheStartIsRemovedWithItsRulesAndCanComeAgain() throws IOException {
    start("a", "lxc.net.0.ipv4.address = 10.9.0.2/24", "coffer.net.0.forward = 8080:80");
    network("detach", "a", "eth0").ok();
    assertEquals("", veths());
    assertEquals("", rules());
    machine.killEngine();
    start("b", "lxc.net.0.ipv4.address = 10.9.0.3/24", "coffer.net.0.forward = 8080:80");
    assertEquals("eth0", network("attach", "a", "--link", "br0").ok().text());
  }

  @Test
  void aRebootFromInsideBeginsWithWhatIsConfigured() throws IOException {
    start("a");
    network("attach", "a", "--link", "br0").ok();
    network("detach", "a", "eth0").ok();
    machine.lxc("stop", "a", "-r").ok();
    Machine.await("eth0", Duration.ofSeconds(10), () -> has("a", "eth0"));
    assertFalse(has("a", "eth1"));
    assertEquals(1, veths().lines().count());
  }

  @Test
  void whatIsSavedIsThereAtTheNextStartAndWhatIsUnsavedIsNot() throws IOException {
    start("a");
    network("attach", "a", "--link", "br0", "-s", "filter.mac=1", "--save").ok();
    assertTrue(config("a").contains("lxc.net.1.name = eth1"), config("a"));
    assertTrue(config("a").contains("coffer.net.1.filter.mac = 1"), config("a"));
    machine.lxc("stop", "a", "-k").ok();
    machine.lxc("start", "a").ok();
    inside("a", "ip", "link", "show", "eth1").ok();
    network("detach", "a", "eth1", "--save").ok();
    network("detach", "a", "eth0", "--save").ok();
    assertFalse(config("a").lines().anyMatch(line -> line.contains("net.")), config("a"));
  }

  @Test
  void aLinkGoesDownAndUpInAMappedContainer() throws IOException {
    start("m", "lxc.net.0.ipv4.address = 10.9.0.4/24");
    network("link", "m", "eth0", "down").ok();
    inside("m", "ping", "-c", "1", "-W", "1", "10.9.0.1").exits(1);
    network("link", "m", "eth0", "up").ok();
    inside("m", "ping", "-c", "1", "-W", "5", "10.9.0.1").ok();
  }

  @Test
  void aContainerWithTheHostsRootGetsOneToo() throws IOException {
    start("p", "coffer.idmap = none");
    network("attach", "p", "--link", "br0", "--ipv4", "10.9.0.8/24", "--name", "lan").ok();
    inside("p", "ping", "-c", "1", "-W", "5", "-I", "lan", "10.9.0.1").ok();
  }

  @Test
  void whatCannotBeIsToldAndLeavesNothing() throws IOException {
    start("a");
    String name = machine.name("a");
    String missing = network("attach", "a", "--link", "br9").exits(1).err();
    assertTrue(missing.contains("there is no interface br9 (ENODEV)"), missing);
    assertTrue(missing.contains("link=br9"), missing);
    String unknown = network("attach", "a", "-s", "colour=red").exits(1).err();
    assertTrue(unknown.contains("Unknown network configuration key"), unknown);
    String none = network("detach", "a", "eth9").exits(1).err();
    assertTrue(none.contains("the container has no interface eth9"), none);
    assertTrue(none.contains("hint  it has lo, eth0"), none);
    assertEquals(1, veths().lines().count());
    machine.create("h").ok();
    machine.configure("h", "lxc.net =", "lxc.net.0.type = none");
    machine.lxc("start", "h").ok();
    String host = network("link", "h", "br0", "down").exits(1).err();
    assertTrue(host.contains("has no network namespace of its own"), host);
    assertTrue(machine.run("ip", "link", "show", "br0").ok().out().contains("UP"), name);
  }
}
