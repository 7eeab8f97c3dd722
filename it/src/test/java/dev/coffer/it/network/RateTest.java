package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Everywhere;
import dev.coffer.it.Machine;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** coffer.net.N.limits.…: how much passes an interface. */
@Everywhere
class RateTest {
  private static final long MEBIBYTE = 1 << 20;

  @RegisterExtension final Machine machine = new Machine();

  @BeforeEach
  void bridge() throws IOException {
    machine.ownNetwork();
    machine.run("ip", "link", "add", "br0", "type", "bridge").ok();
    machine.run("ip", "address", "add", "10.9.0.1/24", "dev", "br0").ok();
    machine.run("ip", "link", "set", "br0", "up").ok();
  }

  private void start(String... lines) throws IOException {
    machine.create("a").ok();
    machine.configure(
        "a",
        "lxc.net =",
        "lxc.net.0.type = veth",
        "lxc.net.0.link = br0",
        "lxc.net.0.flags = up",
        "lxc.net.0.ipv4.address = 10.9.0.2/24");
    machine.configure("a", lines);
    machine.lxc("start", "a").ok();
    String serve =
        "mkdir -p /tmp/w; head -c 4194304 /dev/zero > /tmp/w/data;"
            + " nc -l -p 81 -e sh -c 'cat > /dev/null' & httpd -p 80 -h /tmp/w";
    machine.lxc("attach", "a", "--", "sh", "-c", serve).ok();
  }

  private double sentSeconds() {
    String url = "http://10.9.0.2/data";
    String[] curl = {"curl", "-s", "-o", "/dev/null", "-w", "%{time_total} %{size_download}", url};
    String[] words = machine.run(curl).ok().text().split(" ");
    assertEquals(String.valueOf(4 * MEBIBYTE), words[1]);
    return Double.parseDouble(words[0]);
  }

  private double receivedSeconds() {
    long start = System.nanoTime();
    machine.run("sh", "-c", "head -c 4194304 /dev/zero | busybox nc -w 1 10.9.0.2 81").ok();
    return (System.nanoTime() - start) / 1e9;
  }

  @Test
  void whatItSendsAndWhatItReceivesIsLimitedEachForItself() throws IOException {
    start("coffer.net.0.limits.egress = 20Mbit", "coffer.net.0.limits.ingress = 10Mbit");
    double sent = sentSeconds();
    assertTrue(sent > 1.2 && sent < 8, "4 MiB at 20 Mbit/s took " + sent);
    double received = receivedSeconds();
    assertTrue(received > 2.4, "4 MiB at 10 Mbit/s took " + received);
    String queues = machine.run("tc", "qdisc", "show").ok().text();
    assertTrue(queues.contains("tbf") && queues.contains("rate 10Mbit"), queues);
    machine.lxc("stop", "a", "-k").ok();
    assertEquals("", machine.run("ip", "-o", "link", "show", "type", "ifb").ok().text());
  }

  @Test
  void oneLineLimitsBoth() throws IOException {
    start("coffer.net.0.limits.max = 3Gibit");
    String queues = machine.run("tc", "qdisc", "show").ok().text();
    assertEquals(2, queues.lines().filter(line -> line.contains("rate 3221Mbit")).count(), queues);
  }
}
