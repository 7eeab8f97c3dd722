package dev.coffer.tools.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** How control groups are mounted, and which controllers there are. */
final class CgroupChecks {
  private static final String ROOT = "/sys/fs/cgroup";

  /** What is lost without a controller. */
  private static final Map<String, String> CONTROLLERS =
      new TreeMap<>(
          Map.of(
              "cpu", "no limit on processor time",
              "cpuset", "containers cannot be bound to processors",
              "memory", "no limit on memory, no figures about it",
              "pids", "no limit on processes"));

  private CgroupChecks() {}

  static List<Finding> examine(Machine machine) {
    List<Finding> findings = new ArrayList<>();
    Set<String> unified = unified(machine);
    Set<String> legacy = legacy(machine);
    findings.add(layout(machine, legacy));
    for (Map.Entry<String, String> row : CONTROLLERS.entrySet()) {
      findings.add(controller(row.getKey(), row.getValue(), unified, legacy));
    }
    if (unified.isEmpty() && !legacy.isEmpty()) {
      findings.add(
          legacy.contains("devices")
              ? Finding.ok("devices controller", "v1")
              : Finding.missing("devices controller", "containers could use all devices"));
      findings.add(
          legacy.contains("freezer")
              ? Finding.ok("freezer controller", "v1")
              : Finding.limited("freezer controller", "containers cannot be frozen"));
    }
    return findings;
  }

  private static Finding layout(Machine machine, Set<String> legacy) {
    if (machine.exists(ROOT + "/cgroup.controllers")) {
      return Finding.ok("cgroup v2", "");
    }
    if (machine.exists(ROOT + "/unified/cgroup.controllers")) {
      return Finding.ok("cgroup v1 and v2 (hybrid)", "limits work through the v1 controllers");
    }
    return legacy.isEmpty()
        ? Finding.missing(
            "control groups", "nothing is mounted; remedy: mount -t cgroup2 cgroup2 " + ROOT)
        : Finding.limited("cgroup v1", "newer distributions and systemd 256 no longer run on it");
  }

  private static Finding controller(
      String name, String consequence, Set<String> unified, Set<String> legacy) {
    String thing = name + " controller";
    if (legacy.contains(name)) {
      return Finding.ok(thing, "v1");
    }
    return unified.contains(name)
        ? Finding.ok(thing, "v2")
        : Finding.limited(
            thing, consequence + "; remedy: no cgroup_disable=" + name + " on the boot line");
  }

  private static Set<String> unified(Machine machine) {
    String controllers =
        machine
            .read(ROOT + "/cgroup.controllers")
            .or(() -> machine.read(ROOT + "/unified/cgroup.controllers"))
            .orElse("");
    return new TreeSet<>(List.of(controllers.strip().split(" ")));
  }

  /** Controllers of mounted v1 hierarchies. */
  private static Set<String> legacy(Machine machine) {
    Set<String> controllers = new TreeSet<>();
    for (String line : machine.read("/proc/mounts").orElse("").split("\n")) {
      String[] fields = line.split(" ");
      if (fields.length > 3 && fields[2].equals("cgroup")) {
        controllers.addAll(List.of(fields[3].split(",")));
      }
    }
    controllers.retainAll(
        Set.of("blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "memory", "pids"));
    return controllers;
  }
}
