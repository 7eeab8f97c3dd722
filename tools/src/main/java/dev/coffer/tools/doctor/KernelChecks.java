package dev.coffer.tools.doctor;

import dev.coffer.tools.doctor.Machine.Feature;
import java.util.ArrayList;
import java.util.List;

/** The kernel's version, its namespaces, and whom it lets make them. */
final class KernelChecks {
  /** A kind of namespace, its file below /proc/self/ns, and what is lost without it. */
  private record NamespaceRow(String file, String title, boolean needed, String consequence) {}

  private static final List<NamespaceRow> NAMESPACES =
      List.of(
          new NamespaceRow("mnt", "mount", true, "no container can have a root of its own"),
          new NamespaceRow("pid", "process id", true, "no container can have an init"),
          new NamespaceRow("uts", "host name", true, "containers would share the host's name"),
          new NamespaceRow("ipc", "IPC", true, "containers would share the host's IPC objects"),
          new NamespaceRow("net", "network", true, "containers would share the host's network"),
          new NamespaceRow("user", "user", false, "no id maps, so no unprivileged containers"),
          new NamespaceRow(
              "cgroup", "control group", false, "containers see the host's cgroup paths"),
          new NamespaceRow("time", "time", false, "lxc.time.offset.* has no effect"));

  private KernelChecks() {}

  static List<Finding> examine(Machine machine) {
    List<Finding> findings = new ArrayList<>();
    findings.add(version(machine));
    for (NamespaceRow row : NAMESPACES) {
      findings.add(namespace(machine, row));
    }
    findings.add(
        machine.offers(Feature.CLONE3) && machine.offers(Feature.OPENAT2)
            ? Finding.ok("clone3 and openat2", "")
            : Finding.missing(
                "clone3 and openat2", "a seccomp filter around this shell hides them"));
    findings.add(
        machine.offers(Feature.MOUNT_API)
            ? Finding.ok("mounts by descriptor", "")
            : Finding.missing(
                "mounts by descriptor", "a seccomp filter around this shell hides them"));
    findings.add(idmappedMounts(machine));
    findings.add(userNamespaces(machine));
    return findings;
  }

  private static Finding version(Machine machine) {
    String thing = "kernel " + machine.kernelRelease();
    return KernelVersion.parse(machine.kernelRelease()).isAtLeast(5, 15)
        ? Finding.ok(thing, "")
        : Finding.missing(thing, "5.15 or later is needed; Debian 12 has 6.1");
  }

  private static Finding namespace(Machine machine, NamespaceRow row) {
    String thing = row.title + " namespaces";
    if (machine.exists("/proc/self/ns/" + row.file)) {
      return Finding.ok(thing, "");
    }
    String note = row.consequence + "; the kernel was built without them";
    return row.needed ? Finding.missing(thing, note) : Finding.limited(thing, note);
  }

  private static Finding idmappedMounts(Machine machine) {
    if (!machine.offers(Feature.ID_MAPPED_MOUNTS)) {
      return Finding.limited(
          "id-mapped mounts", "not there; the root file system's owners must be shifted");
    }
    KernelVersion version = KernelVersion.parse(machine.kernelRelease());
    return version.isAtLeast(5, 19)
        ? Finding.ok("id-mapped mounts", "ext4, xfs, btrfs, overlay")
        : Finding.limited(
            "id-mapped mounts",
            "not on overlay before kernel 5.19; there the root file system's owners must be shifted");
  }

  private static Finding userNamespaces(Machine machine) {
    String thing = "unprivileged user namespaces";
    if (is(machine, "/proc/sys/user/max_user_namespaces", "0")) {
      return Finding.limited(thing, "switched off; remedy: sysctl user.max_user_namespaces=15000");
    }
    if (is(machine, "/proc/sys/kernel/unprivileged_userns_clone", "0")) {
      return Finding.limited(
          thing, "only root may make them; remedy: sysctl kernel.unprivileged_userns_clone=1");
    }
    if (is(machine, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")) {
      return Finding.limited(thing, "AppArmor refuses them to programs without a profile");
    }
    return Finding.ok(thing, "");
  }

  private static boolean is(Machine machine, String path, String value) {
    return machine.read(path).map(String::strip).filter(value::equals).isPresent();
  }
}
