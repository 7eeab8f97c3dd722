package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many containers on one bridge, with addresses of its DHCP server. */
class ScaleTest {
  private static final int MANY = 300;

  private static final Duration LIMIT = Duration.ofMinutes(2);

  @RegisterExtension final Machine machine = new Machine();

  private final List<String> names = IntStream.range(0, MANY).mapToObj(i -> "c" + i).toList();

  @Test
  void threeHundredStartedSideBySideAllGetAddresses() throws IOException {
    machine.ownNetwork();
    machine.afterwards(() -> machine.run("coffer", "network", "stop").ok());
    machine.lxcNet(
        "USE_LXC_BRIDGE=true",
        "LXC_DHCP_PING=false",
        "LXC_ADDR=10.0.4.1",
        "LXC_NETMASK=255.255.252.0",
        "LXC_NETWORK=10.0.4.0/22",
        "LXC_DHCP_RANGE=10.0.4.2,10.0.7.254",
        "LXC_DHCP_MAX=1000");
    define();
    together(name -> machine.lxcCommand("start", name, "-d"));
    Machine.await("addresses", LIMIT, () -> addresses().size() == MANY);
    assertEquals(MANY, List.copyOf(addresses()).stream().distinct().count());
    machine.lxc("attach", "c7", "--", "ping", "-c", "1", "-W", "5", addresses().getLast()).ok();
    together(name -> machine.lxcCommand("stop", name, "-k"));
    assertEquals("", machine.run("ip", "-o", "link", "show", "type", "veth").ok().text());
    assertEquals(1, leases().lines().count(), leases()); // the headings
  }

  private String leases() {
    return machine.run("coffer", "network", "leases").ok().text();
  }

  /** All have one root file system: what they write there is the same. */
  private void define() throws IOException {
    machine.create("c0").ok();
    Path first = machine.container("c0");
    List<String> lines = Files.readAllLines(first.resolve("config"));
    lines.removeIf(line -> line.startsWith("lxc.uts.name") || line.startsWith("lxc.net."));
    lines.addAll(
        List.of("lxc.net.0.type = veth", "lxc.net.0.link = lxcbr0", "lxc.net.0.flags = up"));
    for (String name : names) {
      Files.createDirectories(machine.container(name));
      var own = new ArrayList<>(lines);
      own.add("lxc.uts.name = " + name);
      Files.write(machine.container(name).resolve("config"), own);
    }
  }

  private void together(Function<String, Command> command) {
    List<Command.Running> running =
        names.stream().map(name -> command.apply(name).start()).collect(Collectors.toList());
    running.forEach(each -> each.await(LIMIT).ok());
  }

  /** As one command shows them all. */
  private List<String> addresses() {
    Outcome list =
        machine.run("lxc-ls", "-P", machine.lxcpath().toString(), "-f", "-F", "NAME,IPV4").ok();
    return list.out()
        .lines()
        .flatMap(line -> Arrays.stream(line.split("[ ,]+")))
        .filter(word -> word.matches("10\\.0\\.[4-7]\\.[0-9]+"))
        .toList();
  }
}
