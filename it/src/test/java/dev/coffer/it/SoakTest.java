package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many commands one after another: whatever they need is given back. {@code -Dcoffer.soak=10000}
 * for longer.
 */
class SoakTest {
  private static final int COMMANDS = Integer.getInteger("coffer.soak", 400);
  private static final int LEEWAY = 4;

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void nothingGrowsOverManyCommands() throws IOException {
    Containers containers = new Containers(machine);
    containers.define("c1");
    containers.define("c2");
    machine.lxc("start", "c1", "-d").ok();
    long keeper = keeper();
    commands(COMMANDS / 4);
    long engine = machine.engine();
    int descriptors = count(engine, "fd");
    int threads = count(engine, "task");
    int keepers = count(keeper, "fd");
    long memory = resident(keeper);
    String cgroups = cgroups();
    commands(COMMANDS);
    assertEquals(engine, machine.engine());
    atMost("descriptors of the engine", descriptors + LEEWAY, count(engine, "fd"));
    atMost("threads of the engine", threads + LEEWAY, count(engine, "task"));
    assertEquals(keepers, count(keeper, "fd"));
    atMost("KiB of the keeper", memory + 64, resident(keeper));
    atMost("KiB of the engine", 160_000, resident(engine));
    assertEquals(cgroups, cgroups());
  }

  private void commands(int count) {
    for (int i = 0; i < count / 8 * 8; i++) {
      switch (i % 8) {
        case 0 -> machine.lxc("start", "c2", "-d").ok();
        case 1 -> machine.lxc("attach", "c1", "--", "/bin/true").ok();
        case 2 -> machine.run("lxc-ls", "-P", machine.lxcpath().toString(), "-f").ok();
        case 3 -> machine.lxc("freeze", "c1").ok();
        case 4 -> machine.lxc("unfreeze", "c1").ok();
        case 5 -> machine.lxc("stop", "c2", "-k").ok();
        case 6 -> machine.lxc("start", "c2", "-d", "-s", "lxc.init.cmd=/no/such").exits(1);
        default -> machine.lxc("info", "c1").ok();
      }
    }
  }

  private static void atMost(String what, long limit, long now) {
    assertTrue(now <= limit, what + ": " + now + " instead of at most " + limit);
  }

  private String cgroups() {
    String pattern = "*" + machine.name("") + "*";
    return machine.run("find", "/sys/fs/cgroup", "-name", pattern).out();
  }

  private static int count(long pid, String what) throws IOException {
    try (var entries = Files.list(Path.of("/proc", "" + pid, what))) {
      return (int) entries.count();
    }
  }

  private static long resident(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", "" + pid, "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private long keeper() {
    return ProcessHandle.allProcesses()
        .filter(process -> title(process).endsWith(" " + machine.name("c1")))
        .findFirst()
        .orElseThrow()
        .pid();
  }

  private static String title(ProcessHandle process) {
    try {
      String line = Files.readString(Path.of("/proc", "" + process.pid(), "cmdline"));
      return line.startsWith("[coffer keeper]") ? line.replace("\0", "").strip() : "";
    } catch (IOException gone) {
      return "";
    }
  }
}
