package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The kernel that all share: its settings, memory, devices and cgroups. */
class HostKernelTest {
  static final List<String> SETTINGS =
      List.of(
          "/proc/sys/kernel/core_pattern",
          "/proc/sys/kernel/modprobe",
          "/proc/sys/kernel/sysrq",
          "/proc/sys/kernel/panic",
          "/proc/sys/kernel/kptr_restrict",
          "/proc/sys/kernel/dmesg_restrict",
          "/proc/sys/kernel/randomize_va_space",
          "/proc/sys/kernel/usermodehelper/bset",
          "/proc/sys/kernel/keys/maxkeys",
          "/proc/sys/fs/suid_dumpable",
          "/proc/sys/fs/protected_symlinks",
          "/proc/sys/fs/binfmt_misc/register",
          "/proc/sys/vm/panic_on_oom",
          "/proc/sys/vm/overcommit_memory",
          "/proc/irq/default_smp_affinity",
          "/proc/sysrq-trigger",
          "/sys/kernel/uevent_helper",
          "/sys/kernel/uevent_seqnum",
          "/sys/kernel/mm/transparent_hugepage/enabled",
          "/sys/kernel/mm/ksm/run",
          "/sys/kernel/profiling",
          "/sys/module/printk/parameters/time");

  static final List<String> MEMORY =
      List.of("/proc/kcore", "/proc/kmsg", "/dev/mem", "/dev/kmem", "/dev/kmsg", "/dev/port");

  @RegisterExtension final Machine machine = new Machine();

  private static String[] attack(List<String> files, String... first) {
    List<String> words = new ArrayList<>(List.of(first));
    words.addAll(files);
    return words.toArray(String[]::new);
  }

  static Map<String, String> values() {
    Map<String, String> values = new TreeMap<>();
    for (String file : SETTINGS) {
      try {
        values.put(file, Files.readString(Path.of(file)));
      } catch (IOException e) {
        values.put(file, "");
      }
    }
    values.remove("/sys/kernel/uevent_seqnum");
    return values;
  }

  /**
   * Proves that a mapped root changes no setting of the kernel, whatever it unmounts, mounts again
   * or enters: ids protect them, not the mounts over them.
   */
  @Test
  void settingsAreOutOfAMappedRootsReach() {
    Map<String, String> before = values();
    Target target = new Target(machine, "c1").mapped().started();
    String bare = "/proc/sys/net,/proc/sys,/proc/sysrq-trigger,/sys/devices/virtual/net,/sys";
    target.refuses(attack(SETTINGS, "write"));
    target.refuses(attack(SETTINGS, "nested", "write"));
    target.refuses(attack(SETTINGS, "nested", "bare", bare, "write"));
    target.refuses(attack(SETTINGS, "bare", bare, "write"));
    target.refuses(
        attack(
            SETTINGS.stream().map(file -> "/tmp" + file).filter(f -> f.contains("proc")).toList(),
            "write"));
    assertEquals(before, values());
  }

  /** Proves that a privileged root that may not mount finds them read-only. */
  @Test
  void settingsAreReadOnlyForARootThatMayNotMount() {
    Map<String, String> before = values();
    Target target =
        new Target(machine, "c1")
            .config("lxc.cap.drop = sys_admin sys_module sys_rawio mac_admin mac_override")
            .started();
    List<String> masked = SETTINGS.stream().filter(file -> !file.startsWith("/proc/irq")).toList();
    target.refuses(attack(masked, "write"));
    target.refuses(attack(masked, "bare", "/proc/sys,/proc/sysrq-trigger,/sys", "write"));
    assertEquals(before, values());
  }

  /** Proves that the kernel's memory and log cannot be read. */
  @Test
  void memoryIsOutOfReach() {
    Target target = new Target(machine, "c1").mapped().started();
    target.refuses(attack(MEMORY, "read"));
    target.refuses(attack(MEMORY, "nested", "read"));
  }

  /** Proves that a mapped root makes no device node that works, on any file system. */
  @Test
  void aMappedRootMakesNoDevices() {
    Target target = new Target(machine, "c1").mapped().started();
    for (String node :
        List.of("b 7 0", "b 8 0", "b 254 0", "b 259 0", "c 1 1", "c 1 11", "c 10 237", "c 4 1")) {
      String[] words = ("node " + node).split(" ");
      target.refuses(words);
      target.refuses(attack(List.of(words), "nested"));
    }
    target.inside("mkdir -p /m && mount -t tmpfs m /m && (mknod /m/x c 1 11; true)");
    target.refuses("open", "/m/x");
  }

  /** Proves that device nodes of a hostile image do not work in a container with an id map. */
  @Test
  void devicesOfAnImageDoNotWorkForAMappedRoot() throws Exception {
    Target target = new Target(machine, "c1");
    for (String node : List.of("kmsg c 1 11", "loop b 7 0", "mem c 1 1")) {
      String[] words = node.split(" ");
      String place = target.rootfs().resolve(words[0]).toString();
      machine.run("mknod", "-m", "666", place, words[1], words[2], words[3]).ok();
    }
    target.mapped().started();
    target.refuses("open", "/kmsg", "/loop", "/mem");
  }

  /** Proves that rules for devices hold for nodes a privileged container makes itself. */
  @Test
  void rulesForDevicesHoldForNewNodes() {
    String version = Files.isDirectory(Path.of("/sys/fs/cgroup/devices")) ? "cgroup" : "cgroup2";
    Target target =
        new Target(machine, "c1")
            .config(
                "lxc." + version + ".devices.deny = a",
                "lxc." + version + ".devices.allow = c *:* m",
                "lxc." + version + ".devices.allow = b *:* m",
                "lxc." + version + ".devices.allow = c 1:3 rwm")
            .started();
    target.attack("node", "c", "1", "3").ok();
    target.refuses("node", "c", "1", "11");
    target.refuses("node", "b", "7", "0");
  }

  /**
   * Proves that a mapped root with a writable view of cgroups stays in its own, finds no release
   * agent, and lifts no limit.
   */
  @Test
  void cgroupsCannotBeLeft() throws Exception {
    boolean legacy = Files.isDirectory(Path.of("/sys/fs/cgroup/memory"));
    String limit =
        legacy ? "lxc.cgroup.memory.limit_in_bytes = 64M" : "lxc.cgroup2.memory.max = 64M";
    Target target =
        new Target(machine, "c1").mapped(limit, "lxc.mount.auto = cgroup:rw:force").started();
    String init = target.initPid();
    String before = Target.read(Path.of("/proc", init, "cgroup"));
    String found =
        target.inside(
            """
            try() { [ -e $2 ] && (echo "$1" > $2) 2>/dev/null && echo wrote $2; }
            for tree in /sys/fs/cgroup /sys/fs/cgroup/*; do
              for up in .. ../.. ../../..; do
                for file in cgroup.procs tasks; do
                  (echo 1 > $tree/$up/$file) 2>/dev/null
                done
              done
              try -1 $tree/memory.limit_in_bytes
              try max $tree/memory.max
              try 'a *:* rwm' $tree/devices.allow
              [ -e $tree/release_agent ] && echo release_agent of $tree
            done
            mkdir -p /m
            for options in memory cpu,cpuacct devices none,name=systemd none,name=x$$ none,name=y,release_agent=/x; do
              mount -t cgroup -o $options none /m 2>/dev/null || continue
              [ -e /m/release_agent ] && echo release_agent of $options
              mount -o remount,release_agent=/x /m 2>/dev/null && echo remounted $options
              (echo -1 > /m/memory.limit_in_bytes) 2>/dev/null && echo lifted
              (echo 1 > /m/../cgroup.procs) 2>/dev/null
              umount /m
            done
            mount -t cgroup2 none /m 2>/dev/null && { (echo max > /m/memory.max) 2>/dev/null && echo lifted; umount /m; }
            true
            """);
    assertEquals("", found);
    assertEquals(before, Target.read(Path.of("/proc", init, "cgroup")));
    Path file =
        legacy
            ? Path.of("/sys/fs/cgroup/memory", cgroupOf(before), "memory.limit_in_bytes")
            : Path.of("/sys/fs/cgroup", cgroupOf(before), "memory.max");
    assertTrue(limits(file).contains("67108864"), () -> "the limit was lifted: " + limits(file));
  }

  private static String cgroupOf(String table) {
    return table
        .lines()
        .filter(line -> line.contains(":memory:") || line.startsWith("0::"))
        .map(line -> line.replaceFirst("^[^:]*:[^:]*:", ""))
        .findFirst()
        .orElseThrow()
        .substring(1);
  }

  /** The limit may be one level further up. */
  private static String limits(Path file) {
    Path above = file.getParent().getParent().resolve(file.getFileName());
    return Target.read(file) + (Files.exists(above) ? Target.read(above) : "");
  }
}
