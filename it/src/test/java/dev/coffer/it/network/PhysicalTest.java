package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.net.N.type = phys: an interface of the host, for which the end of a veth stands. */
@Everywhere
class PhysicalTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void device() throws IOException {
    machine.ownNetwork();
    machine.run("ip", "link", "add", "nic0", "type", "veth", "peer", "name", "far0").ok();
    machine.run("ip", "link", "set", "nic0", "address", "02:00:00:00:00:aa").ok();
    machine.run("ip", "link", "set", "nic0", "mtu", "1450").ok();
    machine.run("ip", "link", "set", "far0", "up").ok();
    machine.run("ip", "address", "add", "10.9.0.1/24", "dev", "far0").ok();
    create("c", "nic0");
  }

  private void create(String name, String link) throws IOException {
    machine.create(name).ok();
    machine.configure(
        name,
        "lxc.net =",
        "lxc.net.1.type = phys",
        "lxc.net.1.link = " + link,
        "lxc.net.1.name = wan",
        "lxc.net.1.flags = up",
        "lxc.net.1.mtu = 1300",
        "lxc.net.1.hwaddr = 02:00:00:00:00:bb",
        "lxc.net.1.ipv4.address = 10.9.0.2/24");
  }

  private String inside(String... command) {
    String[] all = new String[command.length + 1];
    all[0] = "--";
    System.arraycopy(command, 0, all, 1, command.length);
    return machine.lxc("attach", "c", all).ok().text();
  }

  private boolean isHome(String name) {
    String link = machine.run("ip", "-o", "link", "show", name).text();
    return link.contains(" mtu 1450 ") && link.contains("02:00:00:00:00:aa");
  }

  private void awaitHome() {
    Machine.await("nic0 is as it was", SOON, () -> isHome("nic0"));
  }

  @Test
  void itIsTheContainersAndComesHomeAsItWas() {
    machine.lxc("start", "c").ok();
    assertEquals(1, machine.run("ip", "link", "show", "nic0").exit());
    inside("ping", "-c", "1", "-W", "5", "10.9.0.1");
    assertEquals("02:00:00:00:00:bb", inside("cat", "/sys/class/net/wan/address"));
    assertEquals("1300", inside("cat", "/sys/class/net/wan/mtu"));
    machine.lxc("stop", "c", "-k").ok();
    assertTrue(isHome("nic0"));
  }

  @Test
  void itComesHomeWhateverTheContainerMadeOfIt() {
    machine.lxc("start", "c").ok();
    inside("ip", "link", "set", "wan", "down");
    inside("ip", "link", "set", "wan", "name", "mine");
    inside("ip", "link", "add", "nic0", "type", "veth", "peer", "name", "wan");
    machine.lxc("stop", "c", "-k").ok();
    assertTrue(isHome("nic0"));
  }

  @Test
  void itComesAlongToTheNextLife() {
    machine.lxc("start", "c").ok();
    long before = Long.parseLong(machine.lxc("info", "c", "-p", "-H").ok().text());
    machine.lxc("stop", "c", "-r").ok();
    assertTrue(before != Long.parseLong(machine.lxc("info", "c", "-p", "-H").ok().text()));
    inside("ping", "-c", "1", "-W", "5", "10.9.0.1");
    machine.lxc("stop", "c", "-k").ok();
    assertTrue(isHome("nic0"));
  }

  @Test
  void itComesHomeWhenTheStartFails() throws IOException {
    machine.configure("c", "lxc.hook.start-host = /bin/false");
    machine.lxc("start", "c").exits(1);
    assertTrue(isHome("nic0"));
  }

  @Test
  void itComesHomeAfterTheEnginesEnd() {
    machine.lxc("start", "c").ok();
    machine.killEngine();
    machine.lxc("stop", "c", "-k").ok();
    assertTrue(isHome("nic0"));
  }

  @Test
  void itComesHomeAfterTheKeepersEnd() {
    machine.lxc("start", "c").ok();
    kill(keeper());
    awaitHome();
  }

  @Test
  void itComesHomeAfterTheEndOfBoth() {
    machine.lxc("start", "c").ok();
    long keeper = keeper();
    machine.killEngine();
    kill(keeper);
    machine.run("coffer", "list").ok();
    awaitHome();
  }

  private long keeper() {
    String init = machine.lxc("info", "c", "-p", "-H").ok().text();
    return ProcessHandle.of(Long.parseLong(init)).orElseThrow().parent().orElseThrow().pid();
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
  }

  @Test
  void itKeepsItsNameAndComesHomeBesideAnotherOfIt() throws IOException {
    machine.configure("c", "lxc.net.1.name =");
    machine.lxc("start", "c").ok();
    inside("ip", "link", "show", "nic0");
    machine.run("ip", "link", "add", "nic0", "type", "bridge").ok();
    machine.lxc("stop", "c", "-k").ok();
    assertTrue(
        machine.run("ip", "-o", "link", "show", "type", "veth").ok().text().contains("back0"));
  }

  @Test
  void oneThatIsNotThereIsNamed() throws IOException {
    machine.lxc("start", "c").ok();
    create("d", "nic0");
    String err = machine.lxc("start", "d", "-F").exits(1).err();
    assertTrue(
        err.contains("cannot move nic0 of the host inside as wan: there is no interface"), err);
    assertTrue(err.contains("lxc.net.1.link"), err);
  }

  @Test
  void allWhoseNameBeginsAlikeAreMoved() throws IOException {
    machine.run("ip", "link", "add", "nic1", "type", "veth", "peer", "name", "far1").ok();
    machine.create("p").ok();
    machine.configure(
        "p", "lxc.net =", "lxc.net.0.type = phys", "lxc.net.0.link = nic+", "lxc.net.0.flags = up");
    machine.lxc("start", "p").ok();
    assertEquals(
        "lo\nnic0\nnic1",
        machine
            .lxc("attach", "p", "--", "ls", "/sys/class/net")
            .ok()
            .text()
            .replaceAll("\\s+", "\n"));
    machine.killEngine();
    machine.lxc("stop", "p", "-k").ok();
    machine.run("ip", "link", "show", "nic1").ok();
    assertTrue(isHome("nic0"));
  }

  private String network(String verb, String... more) {
    var argv =
        new java.util.ArrayList<>(java.util.List.of("coffer", "network", verb, machine.name("c")));
    argv.addAll(java.util.List.of(more));
    argv.addAll(java.util.List.of("-P", machine.lxcpath().toString()));
    return machine.command(argv).run().ok().text();
  }

  @Test
  void oneThatIsAddedLaterComesHomeToo() {
    machine.run("ip", "link", "add", "nic1", "type", "veth", "peer", "name", "far1").ok();
    machine.lxc("start", "c").ok();
    String name = network("attach", "--type", "phys", "--link", "nic1");
    inside("ip", "link", "show", name);
    network("detach", name);
    machine.run("ip", "link", "show", "nic1").ok();
    network("attach", "--type", "phys", "--link", "nic1");
    network("detach", "wan");
    assertTrue(isHome("nic0"));
    machine.killEngine();
    machine.lxc("stop", "c", "-k").ok();
    machine.run("ip", "link", "show", "nic1").ok();
    assertTrue(isHome("nic0"));
  }
}
