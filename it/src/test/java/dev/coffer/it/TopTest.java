package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc-top, coffer top and coffer metrics: the kernel's figures, as a screen and as text. */
@Everywhere
class TopTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final boolean V2 = Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
  private static final long MEGABYTE = 1 << 20;

  @RegisterExtension final Machine machine = new Machine();

  private String path() {
    return machine.lxcpath().toString();
  }

  @Test
  void aBatchHasWhatTheCgroupSays() {
    Box box = new Box(machine, "c1").started("-d");
    box.inside("i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done");
    List<String> lines = batch("lxc-top", "-b", "-d", "0.2");
    assertEquals(
        "time_ms,container,cpu_nanos,cpu_sys_userhz,cpu_user_userhz,blkio_bytes,blkio_iops,"
            + "mem_used_bytes,memsw_used_bytes,kernel_mem_used_bytes",
        lines.getFirst());
    String[] first = lines.get(1).split(",");
    String[] second = lines.get(2).split(",");
    assertEquals(10, first.length, lines.toString());
    assertEquals(machine.name("c1"), first[1]);
    assertTrue(Math.abs(Long.parseLong(first[0]) - System.currentTimeMillis()) < 60_000);
    assertTrue(Long.parseLong(second[0]) - Long.parseLong(first[0]) >= 200, lines.toString());
    assertTrue(Long.parseLong(first[2]) > 10_000_000, lines.get(1));
    long memory = Long.parseLong(first[7]);
    assertTrue(memory > 0 && Long.parseLong(first[8]) >= memory, lines.get(1));
  }

  @Test
  void theOrderIsThatOfTheOption() {
    for (String name : List.of("a", "b")) {
      new Box(machine, name).started("-d");
    }
    machine.lxc("attach", "b", "--", "dd", "if=/dev/zero", "of=/big", "bs=1M", "count=20").ok();
    assertEquals(List.of("a", "b"), names(batch("lxc-top", "-b", "-d", "60")));
    assertEquals(List.of("b", "a"), names(batch("lxc-top", "-b", "-d", "60", "-r")));
    assertEquals(List.of("a", "b"), names(batch("lxc-top", "-b", "-d", "60", "-s", "m")));
    assertEquals(List.of("b", "a"), names(batch("lxc-top", "-b", "-d", "60", "-s", "m", "-r")));
    assertEquals(List.of("b", "a"), names(batch("coffer", "top", "-b", "-d", "60", "-s", "m")));
    machine.run("lxc-top", "-P", path(), "-b", "-s", "x").exits(1);
    machine.run("lxc-top", "-P", path(), "-b", "-d", "0").exits(1);
  }

  @Test
  void withoutATerminalThereIsOneTable() {
    new Box(machine, "c1").started("-d");
    String shown = machine.run("coffer", "top", "-P", path()).ok().out();
    List<String> lines = shown.lines().toList();
    assertEquals(3, lines.size(), shown);
    assertTrue(lines.getFirst().startsWith("NAME") && lines.getFirst().endsWith("TASKS"), shown);
    assertTrue(lines.get(1).startsWith(machine.name("c1") + " "), shown);
    assertTrue(lines.get(2).startsWith("TOTAL "), shown);
    Outcome lxc = machine.run("lxc-top", "-P", path()).exits(1);
    assertEquals("stdin is not a tty\nFailed to setup terminal\n", lxc.err());
  }

  @Test
  void theScreenObeysItsKeysAndLeavesTheTerminalAsItWas() {
    new Box(machine, "c1").started("-d");
    Outcome shown =
        onTerminal("sleep 1.5; printf mr; sleep 1; printf q; sleep 1", "top -d 0.5 -P " + path())
            .await(SOON)
            .ok();
    assertTrue(shown.out().contains("1 of 1 running, by cpu"), shown.toString());
    assertTrue(shown.out().contains("1 of 1 running, by memory, reversed"), shown.toString());
    assertTrue(shown.out().contains("rc 0"), shown.toString());
    assertTrue(shown.out().endsWith(" icanon\r\n"), shown.toString());
  }

  @Test
  void aKilledEngineLeavesTheTerminalAsItWas() {
    new Box(machine, "c1").started("-d");
    Command.Running running = onTerminal("sleep 4", "top -d 0.5 -P " + path());
    Machine.await("the screen", SOON, () -> running.printed().contains("1 of 1 running"));
    machine.killEngine();
    Outcome shown = running.await(SOON);
    assertTrue(shown.out().endsWith(" icanon\r\n"), shown.toString());
    assertEquals("RUNNING", machine.state("c1"));
  }

  @Test
  void metricsHaveLimitsUseAndKills() {
    Box box =
        new Box(machine, "c1")
            .config(
                V2 ? "lxc.cgroup2.pids.max = 99" : "lxc.cgroup.pids.max = 99",
                V2
                    ? "lxc.cgroup2.memory.max = 33554432"
                    : "lxc.cgroup.memory.limit_in_bytes = 33554432")
            .started("-d");
    Map<String, String> before = metrics();
    assertEquals("1", before.get("coffer_containers{state=\"RUNNING\"}"));
    assertEquals("99", sample(before, "coffer_tasks_limit"));
    assertEquals(Long.toString(32 * MEGABYTE), sample(before, "coffer_memory_limit_bytes"));
    assertEquals("0", sample(before, "coffer_oom_kills_total"));
    box.tryInside("dd if=/dev/zero of=/dev/null bs=60M count=1");
    Map<String, String> after = metrics();
    assertEquals("1", sample(after, "coffer_oom_kills_total"));
    double used = Double.parseDouble(sample(before, "coffer_cpu_seconds_total"));
    assertTrue(Double.parseDouble(sample(after, "coffer_cpu_seconds_total")) > used);
    box.stop().ok();
    assertEquals("1", metrics().get("coffer_containers{state=\"STOPPED\"}"));
  }

  private Map<String, String> metrics() {
    String text = machine.run("coffer", "metrics", "-P", path()).ok().out();
    assertTrue(text.endsWith("# EOF\n"), text);
    Map<String, String> samples = new TreeMap<>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line ->
            samples.put(
                line.substring(0, line.lastIndexOf(' ')),
                line.substring(line.lastIndexOf(' ') + 1)));
    return samples;
  }

  private String sample(Map<String, String> samples, String family) {
    return samples.getOrDefault(
        family + "{name=\"" + machine.name("c1") + "\"}", "none in " + samples);
  }

  /** What it printed until two measurements could be there, or one where it takes long. */
  private List<String> batch(String... tool) {
    List<String> argv = new java.util.ArrayList<>(List.of("timeout", "1.5"));
    argv.addAll(List.of(tool));
    argv.addAll(List.of("-P", path()));
    return machine.run(argv.toArray(String[]::new)).out().lines().toList();
  }

  private List<String> names(List<String> batch) {
    String prefix = machine.name("");
    return batch.stream()
        .skip(1)
        .map(line -> line.split(",")[1])
        .map(name -> name.substring(prefix.length()))
        .toList();
  }

  private Command.Running onTerminal(String typed, String arguments) {
    String line = "coffer " + arguments + "; echo rc \\$?; stty -a | grep -o '.icanon'";
    return machine
        .command(
            "sh",
            "-c",
            "{ " + typed + "; } | script -qec \"stty rows 12 cols 99; " + line + "\" /dev/null")
        .start();
  }
}
