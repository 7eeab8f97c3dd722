package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A Debian whose systemd-networkd asks the network of LXC for its addresses. */
@Everywhere
class DebianDhcpTest {
  private static final Duration LEASE = Duration.ofSeconds(30);

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void networkdGetsItsAddresses() throws IOException {
    machine.ownNetwork();
    machine.lxcNet(
        "LXC_DHCP_PING=false",
        "LXC_IPV6_ADDR=fd42:deb::1",
        "LXC_IPV6_MASK=64",
        "LXC_IPV6_NETWORK=fd42:deb::/64");
    machine.afterwards(() -> machine.run("coffer", "network", "stop"));
    Debian debian = Debian.make(machine, "deb");
    machine.configure(
        "deb",
        "lxc.net =",
        "lxc.net.0.type = veth",
        "lxc.net.0.link = lxcbr0",
        "lxc.net.0.flags = up",
        "coffer.security = default");
    Path etc = machine.container("deb").resolve("rootfs/etc/systemd");
    Files.writeString(
        etc.resolve("network/eth0.network"), "[Match]\nName=eth0\n[Network]\nDHCP=yes\n");
    Path wants = Files.createDirectories(etc.resolve("system/multi-user.target.wants"));
    Files.createSymbolicLink(
        wants.resolve("systemd-networkd.service"),
        Path.of("/lib/systemd/system/systemd-networkd.service"));
    debian.start();
    debian.boots();
    Machine.await("addresses " + debian.log(), LEASE, () -> has("10.0.3.") && has("fd42:deb:"));
    String lease = machine.run("coffer", "network", "leases").ok().text();
    assertTrue(lease.contains(machine.name("deb")), lease);
    machine.create("box").ok();
    machine.configure(
        "box",
        "lxc.net =",
        "lxc.net.0.type = veth",
        "lxc.net.0.link = lxcbr0",
        "lxc.net.0.flags = up");
    machine.lxc("start", "box").ok();
    Machine.await(
        "the box finds Debian by its name",
        LEASE,
        () ->
            machine
                    .lxc("attach", "box", "--", "ping", "-c", "1", "-W", "1", machine.name("deb"))
                    .exit()
                == 0);
  }

  private boolean has(String prefix) {
    return machine.lxc("info", "deb", "-i", "-H").ok().text().contains(prefix);
  }
}
