package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.it.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same configuration gives the same network under LXC: inside, and on the host. */
class LxcLikenessTest {
  @RegisterExtension final Machine machine = new Machine();

  private String namespace;
  private boolean vlanFiltering;

  @BeforeEach
  void host() throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/bin/lxc-start")), "needs LXC's own tools");
    machine.ownNetwork();
    namespace = machine.run("ip", "netns", "identify").ok().text();
    host("ip link add br0 type bridge");
    host("ip link set br0 mtu 1400");
    host("ip address add 10.9.0.1/24 dev br0");
    host("ip address add fd09::1/64 dev br0 nodad");
    host("ip link set br0 up");
    host("ip link add nic0 mtu 1450 type veth peer name far0");
    host("ip link set nic0 up");
    host("ip link set far0 up");
    host("ip address add 10.8.0.1/24 dev nic0");
    host("sysctl -q -w net.ipv6.conf.all.forwarding=1");
    for (String link : List.of("br0", "nic0")) {
      host("sysctl -q -w net.ipv4.conf." + link + ".forwarding=1");
      host("sysctl -q -w net.ipv6.conf." + link + ".proxy_ndp=1");
    }
  }

  private String host(String command) {
    return machine.run(command.split(" ")).ok().out();
  }

  /** LXC looks into sysfs, which must be that of the namespace. */
  private String lxc(String tool, String... arguments) {
    List<String> words =
        new java.util.ArrayList<>(
            List.of("ip", "netns", "exec", namespace, "/usr/bin/lxc-" + tool));
    words.addAll(List.of("-P", machine.lxcpath().toString(), "-n", machine.name("c")));
    words.addAll(List.of(arguments));
    return machine.command(words).run().ok().text();
  }

  private void alike(String... lines) throws IOException {
    machine.create("c").ok();
    machine.configure("c", "lxc.init.cmd = /bin/sleep 1000", "lxc.net ="); // nothing asks by DHCP
    machine.configure("c", lines);
    machine.lxc("start", "c").ok();
    String ours = look(machine.lxc("info", "c", "-p", "-H").ok().text());
    machine.lxc("stop", "c", "-k").ok();
    lxc("start");
    String theirs = look(lxc("info", "-p", "-H"));
    lxc("stop", "-k");
    assertEquals("", difference(theirs, ours));
    machine.lxc("destroy", "c").ok();
  }

  private String look(String pid) {
    Machine.await(
        "duplicate address detection",
        java.time.Duration.ofSeconds(10),
        () -> !inside(pid, "ip -6 -o address").contains("tentative"));
    return String.join(
        "\n",
        "inside",
        plain(inside(pid, "ip -d -o link")),
        plain(inside(pid, "ip -o address")),
        inside(pid, "ip route"),
        inside(pid, "ip -6 route show default"),
        "host",
        plain(host("ip -o link")),
        names(host("ip route")),
        names(
            host("ip -6 route")
                .lines()
                .filter(l -> !l.startsWith("fe80"))
                .collect(Collectors.joining("\n"))),
        names(host("ip neighbour show proxy")),
        vlanFiltering ? names(host("bridge vlan")) : "");
  }

  private static String difference(String theirs, String ours) {
    List<String> those = theirs.lines().toList();
    List<String> these = ours.lines().toList();
    return those.stream()
            .filter(line -> !these.contains(line))
            .map(line -> "- " + line + "\n")
            .collect(Collectors.joining())
        + these.stream()
            .filter(line -> !those.contains(line))
            .map(line -> "+ " + line + "\n")
            .collect(Collectors.joining());
  }

  private String inside(String pid, String command) {
    return host("nsenter --net=/proc/" + pid + "/ns/net " + command);
  }

  private static String names(String text) {
    return text.replaceAll("veth[A-Za-z0-9]{6,10}\\b", "VETH");
  }

  /** Without what is anybody's choice: numbers, made-up names and addresses, states on the way. */
  private static String plain(String text) {
    return names(text)
        .lines()
        .filter(line -> !line.contains("inet6 fe80"))
        .map(line -> line.replaceFirst("^\\d+: ", "").replaceAll("@\\S+", ""))
        .map(line -> line.replaceAll("NO-CARRIER,|,LOWER_UP|,M-DOWN|qdisc \\S+ |state \\S+ ", ""))
        .map(line ->
            line.replaceAll("brd (?!10.9.0.77 )[0-9.]+ ", "")) // LXC 5 leaves out its network
        .map(line -> line.replaceAll("(num[rt]xqueues|link-netnsid) \\d+ ?", ""))
        .map(line -> line.replaceAll("(?!02:00:00|00:)[0-9a-f]{2}(:[0-9a-f]{2}){5}", "MAC"))
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  @Test
  void vethOnABridgeWithEverything() throws IOException {
    alike(
        "lxc.net.0.type = veth",
        "lxc.net.0.link = br0",
        "lxc.net.0.flags = up",
        "lxc.net.0.name = lan",
        "lxc.net.0.hwaddr = 02:00:00:00:00:0a",
        "lxc.net.0.ipv4.address = 10.9.0.7/24",
        "lxc.net.0.ipv4.address = 10.9.0.8/24 10.9.0.77",
        "lxc.net.0.ipv4.gateway = auto",
        "lxc.net.0.ipv6.address = fd09::7/64",
        "lxc.net.0.ipv6.gateway = auto",
        "lxc.net.0.veth.ipv4.route = 10.1.0.0/24",
        "lxc.net.0.veth.ipv6.route = fd01::/64",
        "lxc.net.3.type = veth",
        "lxc.net.3.mtu = 1300");
  }

  @Test
  void aGatewayOffTheLink() throws IOException {
    alike(
        "lxc.net.0.type = veth",
        "lxc.net.0.link = br0",
        "lxc.net.0.flags = up",
        "lxc.net.0.hwaddr = 02:00:00:00:00:0a",
        "lxc.net.0.ipv4.address = 10.77.0.7/32",
        "lxc.net.0.ipv4.gateway = 10.9.0.1",
        "lxc.net.0.ipv6.address = fd77::7/128",
        "lxc.net.0.ipv6.gateway = fd09::1");
  }

  @Test
  void vlansOfAPort() throws IOException {
    vlanFiltering =
        machine.run("ip", "link", "set", "br0", "type", "bridge", "vlan_filtering", "1").exit()
            == 0;
    assumeTrue(vlanFiltering, "needs a kernel whose bridges filter VLANs");
    alike(
        "lxc.net.0.type = veth",
        "lxc.net.0.link = br0",
        "lxc.net.0.veth.vlan.id = 7",
        "lxc.net.0.veth.vlan.tagged.id = 10",
        "lxc.net.0.veth.vlan.tagged.id = 20");
    alike(
        "lxc.net.0.type = veth",
        "lxc.net.0.link = br0",
        "lxc.net.0.veth.vlan.id = none",
        "lxc.net.0.veth.vlan.tagged.id = 10");
  }

  @Test
  void aRoutedVeth() throws IOException {
    alike(
        "lxc.net.0.type = veth",
        "lxc.net.0.veth.mode = router",
        "lxc.net.0.link = nic0",
        "lxc.net.0.flags = up",
        "lxc.net.0.hwaddr = 02:00:00:00:00:0a",
        "lxc.net.0.ipv4.address = 10.8.0.7/32",
        "lxc.net.0.ipv4.gateway = 169.254.1.1",
        "lxc.net.0.ipv6.address = fd08::7/128",
        "lxc.net.0.ipv6.gateway = fe80::1");
  }

  @Test
  void macvlans() throws IOException {
    for (String mode : List.of("private", "vepa", "bridge", "passthru")) {
      alike(
          "lxc.net.0.type = macvlan",
          "lxc.net.0.link = nic0",
          "lxc.net.0.flags = up",
          "lxc.net.0.macvlan.mode = " + mode,
          "lxc.net.0.ipv4.address = 10.8.0.7",
          "lxc.net.0.ipv4.gateway = auto");
    }
  }

  @Test
  void devicesOfTheHost() throws IOException {
    alike(
        "lxc.net.0.type = veth",
        "lxc.net.2.type = phys",
        "lxc.net.2.link = far0",
        "lxc.net.2.flags = up",
        "lxc.net.2.mtu = 1350",
        "lxc.net.2.ipv4.address = 10.8.0.9/24",
        "lxc.net.2.ipv4.gateway = dev");
    alike("lxc.net.0.type = phys", "lxc.net.0.link = far0", "lxc.net.0.name = wan");
  }

  @Test
  void anInterfaceWithoutAnything() throws IOException {
    alike("lxc.net.0.type = empty", "lxc.net.0.flags = up");
    alike("lxc.net.0.type = veth", "lxc.net.4.type = macvlan", "lxc.net.4.link = nic0");
  }
}
