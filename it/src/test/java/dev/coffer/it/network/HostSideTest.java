package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Interfaces upon those of the host, what the host does for a container's, and their scripts. */
@Everywhere
class HostSideTest {
  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void host() throws IOException {
    machine.ownNetwork();
    host("ip link add nic0 type veth peer name far0");
    host("ip link set nic0 mtu 1450");
    host("ip link set nic0 up");
    host("ip link set far0 up");
    host("ip address add 10.8.0.1/24 dev far0");
  }

  private String host(String command) {
    return machine.run(command.split(" ")).ok().text();
  }

  private void create(String name, String... lines) throws IOException {
    machine.create(name).ok();
    machine.configure(name, "lxc.net =");
    machine.configure(name, lines);
  }

  private String inside(String name, String command) {
    String[] words = ("-- " + command).split(" ");
    return machine.lxc("attach", name, words).ok().text();
  }

  private String refusal(String name) {
    return machine.lxc("start", name, "-F").exits(1).err();
  }

  private boolean knows(String type, String... settings) {
    List<String> words =
        new java.util.ArrayList<>(List.of("ip", "link", "add", "link", "nic0", "name", "try0"));
    words.addAll(List.of("type", type));
    words.addAll(List.of(settings));
    boolean known = machine.command(words).run().exit() == 0;
    machine.run("ip", "link", "delete", "try0");
    return known;
  }

  private void stacked(String type, String... more) throws IOException {
    for (String name : List.of("a", "b")) {
      create(
          name,
          "lxc.net.0.type = " + type,
          "lxc.net.0.link = nic0",
          "lxc.net.0.flags = up",
          "lxc.net.0.ipv4.address = 10.8.0." + (name.equals("a") ? 2 : 3) + "/24");
      machine.configure(name, more);
      machine.lxc("start", name).ok();
    }
  }

  @Test
  void macvlansOfOneLinkReachEachOtherAndTheNetwork() throws IOException {
    stacked("macvlan", "lxc.net.0.macvlan.mode = bridge");
    inside("a", "ping -c 1 -W 5 10.8.0.3");
    inside("a", "ping -c 1 -W 5 10.8.0.1");
    assertEquals("1450", inside("a", "cat /sys/class/net/eth0/mtu"));
  }

  @Test
  void onlyOneCanHaveTheWholeLinkAndTheNextLifeHasItAgain() throws IOException {
    create(
        "a",
        "lxc.net.0.type = macvlan",
        "lxc.net.0.link = nic0",
        "lxc.net.0.macvlan.mode = passthru");
    machine.lxc("start", "a").ok();
    for (int i = 0; i < 3; i++) {
      machine.lxc("stop", "a", "-k").ok();
      machine.lxc("start", "a").ok();
    }
    machine.lxc("stop", "a", "-r").ok();
    inside("a", "ip link show eth0");
  }

  @Test
  void ipvlansReachEachOtherAndTheNetwork() throws IOException {
    assumeTrue(knows("ipvlan"), "needs a kernel with ipvlan");
    stacked("ipvlan", "lxc.net.0.ipvlan.mode = l2");
    inside("a", "ping -c 1 -W 20 10.8.0.3");
    inside("a", "ping -c 1 -W 20 10.8.0.1");
    assertEquals(
        inside("a", "cat /sys/class/net/eth0/address"),
        inside("b", "cat /sys/class/net/eth0/address"));
  }

  @Test
  void vlansReachTheirOwnAndTheNextLifeHasItAgain() throws IOException {
    assumeTrue(knows("vlan", "id", "9"), "needs a kernel with vlan");
    host("ip link add link far0 name far5 type vlan id 5");
    host("ip link set far5 up");
    host("ip address add 10.5.0.1/24 dev far5");
    create(
        "a",
        "lxc.net.0.type = vlan",
        "lxc.net.0.link = nic0",
        "lxc.net.0.vlan.id = 5",
        "lxc.net.0.flags = up",
        "lxc.net.0.ipv4.address = 10.5.0.2/24");
    machine.lxc("start", "a").ok();
    inside("a", "ping -c 1 -W 20 10.5.0.1");
    machine.lxc("stop", "a", "-k").ok();
    machine.lxc("start", "a").ok();
    inside("a", "ping -c 1 -W 20 10.5.0.1");
  }

  @Test
  void aKindThatTheKernelLacksIsNamed() throws IOException {
    assumeTrue(!knows("ipvlan"), "needs a kernel without ipvlan");
    create("a", "lxc.net.0.type = ipvlan", "lxc.net.0.link = nic0");
    String err = refusal("a");
    assertTrue(
        err.contains(
            "cannot create ipvlan eth0 on nic0, mode l3, bridge: the kernel does not know"),
        err);
  }

  @Test
  void aPortIsInTheVlansThatWereAskedFor() throws IOException {
    host("ip link add br0 type bridge");
    host("ip link set br0 up");
    create(
        "a",
        "lxc.net.0.type = veth",
        "lxc.net.0.link = br0",
        "lxc.net.0.veth.pair = port",
        "lxc.net.0.veth.vlan.id = 7",
        "lxc.net.0.veth.vlan.tagged.id = 10");
    String err = refusal("a");
    assertTrue(err.contains("the bridge br0 filters no VLANs"), err);
    assertTrue(err.contains("hint  let it: ip link set br0 type bridge vlan_filtering 1"), err);
    assumeTrue(
        machine.run("ip", "link", "set", "br0", "type", "bridge", "vlan_filtering", "1").exit()
            == 0,
        "needs a kernel whose bridges filter VLANs");
    machine.lxc("start", "a").ok();
    assertEquals(
        "port 7 PVID Egress Untagged 10",
        host("bridge vlan show dev port").replaceAll("\\s+", " ").replaceFirst(".*(port 7)", "$1"));
  }

  @Test
  void aRoutedVethNeedsNoBridge() throws IOException {
    host("sysctl -q -w net.ipv4.conf.nic0.forwarding=1");
    host("ip address add 10.8.0.9/24 dev nic0");
    host("ip route add default dev nic0"); // the kernel answers only for what it could send on
    create(
        "a",
        "lxc.net.0.type = veth",
        "lxc.net.0.veth.mode = router",
        "lxc.net.0.link = nic0",
        "lxc.net.0.veth.pair = router0",
        "lxc.net.0.l2proxy = 1",
        "lxc.net.0.flags = up",
        "lxc.net.0.ipv4.address = 10.8.0.2/32",
        "lxc.net.0.ipv4.gateway = 169.254.1.1");
    machine.lxc("start", "a").ok();
    inside("a", "ping -c 1 -W 5 10.8.0.9");
    assertTrue(host("ip route").contains("10.8.0.2 dev router0 scope link"));
    assertTrue(host("ip neighbour show proxy").contains("10.8.0.2 dev nic0"));
    assertEquals(
        "router0", machine.lxc("info", "a", "-c", "lxc.net.0.veth.pair", "-H").ok().text());
    machine.lxc("stop", "a", "-k").ok();
    assertEquals("", host("ip neighbour show proxy"));
  }

  @Test
  void aProxyThatWasThereStays() throws IOException {
    host("sysctl -q -w net.ipv4.conf.nic0.forwarding=1");
    host("ip neighbour add proxy 10.8.0.2 dev nic0");
    create(
        "a",
        "lxc.net.0.type = veth",
        "lxc.net.0.veth.mode = router",
        "lxc.net.0.link = nic0",
        "lxc.net.0.l2proxy = 1",
        "lxc.net.0.ipv4.address = 10.8.0.2/32");
    machine.lxc("start", "a").ok();
    machine.lxc("stop", "a", "-k").ok();
    assertTrue(host("ip neighbour show proxy").contains("10.8.0.2 dev nic0"));
  }

  @Test
  void whatAnsweringForAnAddressRequiresIsNamed() throws IOException {
    host("sysctl -q -w net.ipv4.conf.nic0.forwarding=0");
    create(
        "a",
        "lxc.net.0.type = macvlan",
        "lxc.net.0.link = nic0",
        "lxc.net.0.l2proxy = 1",
        "lxc.net.0.ipv4.address = 10.8.0.2/32");
    String err = refusal("a");
    assertTrue(err.contains("it requires the sysctl net.ipv4.conf.nic0.forwarding=1"), err);
    assertTrue(err.contains("lxc.net.0.l2proxy"), err);
    assertEquals("", host("ip neighbour show proxy"));
  }

  private Path script() throws IOException {
    Path script = machine.home().resolve("script");
    Files.writeString(
        script,
        """
        #!/bin/sh
        echo "$* $LXC_HOOK_TYPE $LXC_HOOK_SECTION $LXC_NET_TYPE $LXC_NET_PARENT $LXC_NET_PEER" >>"$0.out"
        ip link show "$PROBE" >/dev/null
        """);
    script.toFile().setExecutable(true);
    return script;
  }

  private String said(Path script) throws IOException {
    Path out = Path.of(script + ".out");
    String text = Files.readString(out).replace(machine.name("a"), "a");
    Files.delete(out);
    return text.replaceAll(" +\n", "\n");
  }

  @Test
  void scriptsAreToldOfTheirInterface() throws IOException {
    Path script = script();
    create(
        "a",
        "lxc.environment.hooks = PROBE=lo",
        "lxc.net.0.type = veth",
        "lxc.net.0.veth.pair = port",
        "lxc.net.0.script.up = " + script,
        "lxc.net.0.script.down = " + script,
        "lxc.net.1.type = phys",
        "lxc.net.1.link = nic0",
        "lxc.net.1.script.up = " + script,
        "lxc.net.1.script.down = " + script);
    machine.lxc("start", "a").ok();
    assertEquals("a net up veth port\na net up phys nic0\n", said(script));
    machine.lxc("stop", "a", "-k").ok();
    assertEquals("a net down veth port\na net down phys nic0\n", said(script));
    machine.configure("a", "lxc.hook.version = 1");
    machine.lxc("start", "a").ok();
    assertEquals("veth port up net veth  port\nphys nic0 up net phys nic0\n", said(script));
    machine.killEngine();
    machine.lxc("stop", "a", "-k").ok();
    assertEquals("veth port down net veth  port\nphys nic0 down net phys nic0\n", said(script));
  }

  @Test
  void aScriptThatFailsEndsTheStartAndThoseBeforeItAreUndone() throws IOException {
    Path script = script();
    create(
        "a",
        "lxc.environment.hooks = PROBE=port",
        "lxc.net.0.type = veth",
        "lxc.net.0.veth.pair = port",
        "lxc.net.0.script.up = " + script,
        "lxc.net.0.script.down = " + script,
        "lxc.net.1.type = empty",
        "lxc.net.1.script.up = /bin/false",
        "lxc.net.1.script.down = " + script,
        "lxc.net.2.type = empty",
        "lxc.net.2.script.down = " + script);
    String err = refusal("a");
    assertTrue(err.contains("cannot run the script /bin/false for lxc.net.1: exited with 1"), err);
    assertEquals("a net up veth port\na net down veth port\na net down empty\n", said(script));
    assertEquals(1, machine.run("ip", "link", "show", "port").exit());
  }

  @Test
  void theOldNamesOfTheKeysHold() throws IOException {
    machine.create("a").ok();
    machine.configure(
        "a",
        "lxc.network =",
        "lxc.network.type = macvlan",
        "lxc.network.link = nic0",
        "lxc.network.macvlan.mode = bridge",
        "lxc.network.flags = up",
        "lxc.network.ipv4 = 10.8.0.2/24",
        "lxc.network.type = veth",
        "lxc.network.name = lan",
        "lxc.network.veth.pair = port");
    machine.lxc("start", "a").ok();
    inside("a", "ping -c 1 -W 5 10.8.0.1");
    inside("a", "ip link show lan");
    host("ip link show port");
  }

  @Test
  void lxcInfoTellsWhatWentThroughTheInterfaces() throws IOException {
    stacked("macvlan");
    String text = machine.lxc("info", "a").ok().out();
    assertTrue(
        text.matches("(?s).*Link: +nic0\n TX bytes: .*\n RX bytes: .*\n Total bytes: .*"), text);
  }
}
