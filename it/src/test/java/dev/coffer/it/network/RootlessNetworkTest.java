package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ordinary users' ways to the network that need nobody's leave: pasta and slirp4netns. */
@Everywhere
class RootlessNetworkTest {
  private static final Path TUN = Path.of("/dev/net/tun");

  @RegisterExtension final Machine machine = new Machine();

  private Household eve;
  private String outside;

  /** The network of the test has one way out, to where a greeting is to be had. */
  @BeforeEach
  void network() throws IOException {
    assumeTrue(Files.exists(TUN), "needs /dev/net/tun");
    var before = Files.getPosixFilePermissions(TUN);
    Files.setPosixFilePermissions(TUN, PosixFilePermissions.fromString("rw-rw-rw-")); // as udev has
    machine.afterwards(() -> Files.setPosixFilePermissions(TUN, before));
    machine.ownNetwork();
    outside = machine.name("out");
    machine.run("ip", "netns", "add", outside).ok();
    machine.afterwards(() -> machine.run("ip", "netns", "delete", outside).ok());
    machine
        .run("ip", "link", "add", "up0", "type", "veth", "peer", "name", "up1", "netns", outside)
        .ok();
    machine.run("ip", "address", "add", "192.0.2.1/24", "dev", "up0").ok();
    machine.run("ip", "link", "set", "up0", "up").ok();
    machine.run("ip", "route", "add", "default", "via", "192.0.2.2").ok();
    machine.run("ip", "-n", outside, "address", "add", "192.0.2.2/24", "dev", "up1").ok();
    machine.run("ip", "-n", outside, "link", "set", "up1", "up").ok();
    eve = new Household(machine);
    eve.create("a");
  }

  private void greet() {
    String shell = "exec busybox nc -ll -p 7000 -e echo welcome";
    var greeter = machine.command("ip", "netns", "exec", outside, "sh", "-c", shell).start();
    machine.afterwards(() -> greeter.process().destroyForcibly().waitFor());
  }

  /** How many programs of theirs lead to the network. */
  private long programs() {
    return machine.run("ps", "-u", eve.name(), "-o", "args=").lines().stream()
        .filter(line -> line.contains("pasta ") || line.contains("slirp4netns "))
        .count();
  }

  private void reachesTheOutside(String program) {
    String plan = eve.plan("a");
    assertTrue(
        plan.contains(
            "connect eth0 to the host's network by " + program + ", as no bridge is named"),
        plan);
    greet();
    eve.start("a").ok().complains("");
    assertEquals(1, programs());
    assertTrue(eve.inside("a", "ip route").contains("default via 10.0.2.2 dev eth0"));
    eve.says("lxc-info -n " + machine.name("a") + " -i -H").ok().prints("10.0.2.100\n");
    // pasta of 2023 may lose the end of a connection that both sides close at once
    String greeting = "sh -c 'sleep 1 | timeout 3 nc 192.0.2.2 7000 || true'";
    Machine.await(
        "the greeting",
        Household.SOON.multipliedBy(4),
        () -> eve.inside("a", greeting).equals("welcome"));
  }

  @Test
  void pastaPassesItsConnectionsOnAndEndsWithIt() {
    assumeTrue(Files.exists(Path.of("/usr/bin/pasta")), "needs pasta");
    reachesTheOutside("pasta");
    eve.says("lxc-stop -r -n " + machine.name("a")).ok();
    assertEquals(1, programs());
    eve.kill("a");
    assertEquals(0, programs());
  }

  @Test
  void itsEndIsNotForgottenWhenTheEngineIsKilled() {
    assumeTrue(Files.exists(Path.of("/usr/bin/pasta")), "needs pasta");
    eve.start("a").ok();
    eve.says("kill -9 $(coffer engine status | sed -n 's/^PID: *//p')").ok();
    eve.kill("a");
    assertEquals(0, programs());
  }

  @Test
  void theAddressOfTheConfigurationIsTaken() throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/bin/pasta")), "needs pasta");
    String address = "lxc.net.0.ipv4.address = 10.77.0.9/24";
    eve.create("b", address, "lxc.net.0.ipv6.address = fd77::9/64", "lxc.net.0.name = wan0");
    eve.start("b").ok().complains("");
    assertTrue(eve.inside("b", "ip route").contains("default via 10.77.0.1 dev wan0"));
    assertTrue(eve.inside("b", "ip address").contains("10.77.0.9/24"));
  }

  @Test
  void whereItFailsItsWordsAreTold() {
    assumeTrue(Files.exists(Path.of("/usr/bin/pasta")), "needs pasta");
    machine.run("ip", "route", "delete", "default").ok();
    String err = eve.failure("a");
    assertTrue(err.contains("cannot connect eth0 to the host's network by pasta"), err);
    assertTrue(err.contains("  said  "), err);
    assertEquals(0, programs());
  }

  @Test
  void slirp4netnsDoesTheSameWherePastaIsMissing() throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/bin/slirp4netns")), "needs slirp4netns");
    Path pasta = Path.of("/usr/bin/pasta");
    if (Files.exists(pasta)) {
      var before = Files.getPosixFilePermissions(pasta);
      machine.afterwards(() -> Files.setPosixFilePermissions(pasta, before));
      Files.setPosixFilePermissions(pasta, PosixFilePermissions.fromString("rwx------"));
    }
    reachesTheOutside("slirp4netns");
    eve.kill("a");
    assertEquals(0, programs());
    assertEquals("", eve.says("ls $XDG_RUNTIME_DIR/coffer | grep pid").text());
  }

  @Test
  void pastaLeadsPortsOfTheHostToIt() throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/bin/pasta")), "needs pasta");
    eve.create("b", "coffer.net.0.forward = 127.0.0.1:8080:80");
    eve.start("b").ok().complains("");
    eve.inside("b", "sh -c 'nc -ll -p 80 -e echo inside >/dev/null 2>&1 &'");
    Machine.await(
        "an answer from inside",
        Household.SOON.multipliedBy(4),
        () ->
            machine
                .run("sh", "-c", "sleep 1 | timeout 3 busybox nc 127.0.0.1 8080")
                .text()
                .equals("inside"));
  }
}
