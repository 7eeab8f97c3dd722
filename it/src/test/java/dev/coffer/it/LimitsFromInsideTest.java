package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Root of a container tries to lift the limits that the host has set: through the view it was
 * given, through mounts of its own, from cgroups below its own.
 */
@Everywhere
class LimitsFromInsideTest {
  private static final Path TOP = Path.of("/sys/fs/cgroup");
  private static final boolean V2 = Files.exists(TOP.resolve("cgroup.controllers"));

  private static final List<String> LIMITS =
      V2
          ? List.of(
              "lxc.cgroup2.memory.max = 67108864",
              "lxc.cgroup2.pids.max = 30",
              "lxc.cgroup2.cpu.max = 50000 100000",
              "lxc.cgroup2.cpuset.cpus = 0",
              "lxc.cgroup2.devices.deny = a",
              "lxc.cgroup2.devices.allow = c 1:3 rwm",
              "lxc.cgroup2.devices.allow = c 5:* rwm",
              "lxc.cgroup2.devices.allow = c 136:* rwm")
          : List.of(
              "lxc.cgroup.memory.limit_in_bytes = 67108864",
              "lxc.cgroup.pids.max = 30",
              "lxc.cgroup.cpu.cfs_quota_us = 50000",
              "lxc.cgroup.cpuset.cpus = 0",
              "lxc.cgroup.devices.deny = a",
              "lxc.cgroup.devices.allow = c 1:3 rwm",
              "lxc.cgroup.devices.allow = c 5:* rwm",
              "lxc.cgroup.devices.allow = c 136:* rwm");

  /** Writes what would lift it into each file of a limit, wherever a cgroup tree can be had. */
  private static final String LIFT =
      """
      lift() {
        for f in $(find "$1" -name 'memory.*' -o -name 'pids.max' -o -name 'cpu*' \
            -o -name 'devices.allow' -o -name cgroup.subtree_control); do
          for v in max -1 0-63 'max 100000' a 'c 1:5 rwm' -pids -memory; do
            echo "$v" >"$f"
          done
        done
        mkdir "$1/below" && echo $$ >"$1/below/cgroup.procs"
        echo $$ >"$1/../cgroup.procs"
      } 2>/dev/null
      lift /sys/fs/cgroup
      mkdir -p /tmp/m
      for tree in memory pids cpu cpuset devices; do
        mount -t cgroup -o $tree none /tmp/m 2>/dev/null && lift /tmp/m && umount /tmp/m
      done
      mount -t cgroup2 none /tmp/m 2>/dev/null && lift /tmp/m && umount /tmp/m
      mount -o remount,rw /sys/fs/cgroup 2>/dev/null && lift /sys/fs/cgroup
      true
      """;

  private static final String MANY = "for i in $(seq 40); do sleep 5 & done 2>&1; wait 2>&1; true";

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void aMappedRootCannotLiftThem() {
    Box box = new Box(machine, "c1").shifted();
    box.mapped(lines("lxc.mount.auto = cgroup:rw:force"));
    holds(box);
  }

  @Test
  void aMappedRootThatHasContainersInsideCannotLiftThem() {
    Box box = new Box(machine, "c1").shifted();
    box.mapped(lines("coffer.nesting = 1"));
    holds(box);
  }

  @Test
  void theHostsRootCannotReachThemWhereContainersAreInside() {
    Box box = new Box(machine, "c1");
    // v1 has its device rules where the host's root inside sees and can change them
    String[] lines =
        Arrays.stream(lines("coffer.nesting = 1", "lxc.mount.auto = cgroup:rw:force"))
            .filter(line -> V2 || !line.contains(".devices."))
            .toArray(String[]::new);
    box.config(lines);
    box.start("-d").ok();
    liftsNothing(box, V2);
  }

  @Test
  void aMappedRootMayWriteWhatTheKernelDelegatesAndNothingElse() {
    Box box = new Box(machine, "c1").shifted();
    box.mapped(lines("lxc.mount.auto = cgroup:rw:force")).started("-d");
    String all = V2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/*";
    Set<String> writable =
        box.inside(
                "for f in "
                    + all
                    + "/*; do [ -f $f ] && (: >>$f) 2>/dev/null && echo ${f##*/}; done; true")
            .lines()
            .collect(Collectors.toSet());
    Set<String> delegatable =
        Set.copyOf(Box.read(Path.of("/sys/kernel/cgroup/delegate")).lines().toList());
    writable.removeAll(delegatable);
    writable.remove("tasks"); // v1 has it beside cgroup.procs
    assertEquals(Set.of(), writable);
    String procs = V2 ? "/sys/fs/cgroup/cgroup.procs" : "/sys/fs/cgroup/unified/cgroup.procs";
    box.inside("echo $$ >" + procs);
  }

  private static String[] lines(String... more) {
    return Stream.concat(LIMITS.stream(), Arrays.stream(more)).toArray(String[]::new);
  }

  private void holds(Box box) {
    box.started("-d");
    liftsNothing(box, true);
  }

  private void liftsNothing(Box box, boolean devices) {
    Map<String, String> before = figures(box);
    assertTrue(before.containsValue("67108864") && before.containsValue("30"), before.toString());
    box.inside(LIFT);
    assertEquals(before, figures(box));
    if (devices) {
      box.tryInside("mknod /tmp/zero c 1 5 && head -c 1 /tmp/zero").exits(1);
    }
    assertEquals("1", box.inside("nproc"));
    assertTrue(box.tryInside(MANY).out().contains("can't fork"), "more than 30 processes");
  }

  /** The limits as the host sees them. */
  private static Map<String, String> figures(Box box) {
    Map<String, String> figures = new TreeMap<>();
    for (String line : LIMITS) {
      String file = line.replaceFirst("lxc\\.cgroup2?\\.(\\S+) .*", "$1");
      if (!V2 && file.startsWith("devices.")) {
        file = "devices.list";
      }
      if (V2 && file.startsWith("devices.")) {
        continue; // a program, not a file
      }
      Path tree = V2 ? TOP : TOP.resolve(file.substring(0, file.indexOf('.')));
      Path cgroup = tree.resolve("lxc.payload." + box.fullName());
      figures.put(file, Box.read(cgroup.resolve(file)).strip());
    }
    return figures;
  }
}
