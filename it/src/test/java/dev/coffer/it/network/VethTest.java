package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.net.N.type = veth, on bridges that the user made. */
@Everywhere
class VethTest {
  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void bridge() throws IOException {
    machine.ownNetwork();
    machine.run("ip", "link", "add", "br0", "mtu", "1400", "type", "bridge").ok();
    machine.run("ip", "address", "add", "10.9.0.1/24", "dev", "br0").ok();
    machine.run("ip", "link", "set", "br0", "up").ok();
  }

  private void create(String name, String... lines) throws IOException {
    machine.create(name).ok();
    machine.configure(name, "lxc.net =", "lxc.net.0.type = veth", "lxc.net.0.link = br0");
    machine.configure(name, "lxc.net.0.flags = up");
    machine.configure(name, lines);
  }

  private String inside(String name, String... command) {
    String[] all = new String[command.length + 1];
    all[0] = "--";
    System.arraycopy(command, 0, all, 1, command.length);
    return machine.lxc("attach", name, all).ok().text();
  }

  @Test
  void twoContainersOnABridgeReachEachOtherAndTheHost() throws IOException {
    create("a", "lxc.net.0.ipv4.address = 10.9.0.2/24", "lxc.net.0.ipv4.gateway = auto");
    create("b", "lxc.net.0.ipv4.address = 10.9.0.3/24", "lxc.net.0.hwaddr = 02:00:00:00:00:0b");
    machine.lxc("start", "a").ok();
    machine.lxc("start", "b").ok();
    inside("a", "ping", "-c", "1", "-W", "5", "10.9.0.3");
    inside("b", "ping", "-c", "1", "-W", "5", "10.9.0.1");
    assertEquals("02:00:00:00:00:0b", inside("b", "cat", "/sys/class/net/eth0/address"));
    assertEquals("1400", inside("b", "cat", "/sys/class/net/eth0/mtu"));
    assertTrue(inside("a", "ip", "route").startsWith("default via 10.9.0.1 dev eth0"));
    assertEquals("10.9.0.3", machine.lxc("info", "b", "-i", "-H").ok().text());
  }

  @Test
  void afterItsEndNothingIsLeftOnTheHost() throws IOException {
    create("a", "lxc.net.0.veth.pair = myveth");
    machine.lxc("start", "a").ok();
    machine.run("ip", "link", "show", "myveth").ok();
    machine.lxc("stop", "a", "-k").ok();
    assertEquals("", machine.run("ip", "-o", "link", "show", "type", "veth").ok().text());
  }

  @Test
  void aBridgeThatIsMissingIsNamedAndNothingIsLeft() throws IOException {
    create("a", "lxc.net.0.link = br9");
    String err = machine.lxc("start", "a", "-F").exits(1).err();
    assertTrue(err.contains("there is no interface br9 (ENODEV)"), err);
    assertTrue(err.contains("lxc.net.0.link"), err);
    assertEquals("", machine.run("ip", "-o", "link", "show", "type", "veth").ok().text());
  }

  @Test
  void anInterfaceOfTheHostIsNotTakenForItsOwn() throws IOException {
    machine.run("ip", "link", "add", "precious", "type", "bridge").ok();
    create("a", "lxc.net.0.veth.pair = precious");
    String err = machine.lxc("start", "a", "-F").exits(1).err();
    assertTrue(err.contains("the host has an interface precious already"), err);
    machine.run("ip", "link", "show", "precious").ok();
  }

  @Test
  void aMappedContainerHasIts() throws IOException {
    machine.create("m").ok();
    machine.configure(
        "m",
        "lxc.net =",
        "lxc.net.0.type = veth",
        "lxc.net.0.link = br0",
        "lxc.net.0.flags = up",
        "lxc.net.0.ipv4.address = 10.9.0.4/24");
    machine.lxc("start", "m").ok();
    inside("m", "ping", "-c", "1", "-W", "5", "10.9.0.1");
  }
}
