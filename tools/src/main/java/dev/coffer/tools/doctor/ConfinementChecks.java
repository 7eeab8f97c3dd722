package dev.coffer.tools.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What keeps a container in its place: seccomp, security modules, id maps. */
final class ConfinementChecks {
  private ConfinementChecks() {}

  static List<Finding> examine(Machine machine) {
    List<Finding> findings = new ArrayList<>();
    findings.add(seccomp(machine));
    findings.add(appArmor(machine));
    findings.add(landlock(machine));
    seLinux(machine).ifPresent(findings::add);
    findings.add(subordinateIds(machine, "/etc/subuid"));
    findings.add(subordinateIds(machine, "/etc/subgid"));
    findings.add(
        machine.isRoot()
            ? Finding.ok("root", "")
            : Finding.limited(
                "running as a normal user",
                "needs newuidmap, ids in /etc/subuid and a delegated control group"));
    return findings;
  }

  private static Finding seccomp(Machine machine) {
    if (!machine.exists("/proc/sys/kernel/seccomp/actions_avail")) {
      return Finding.limited(
          "seccomp", "no container with a policy starts; the kernel was built without it");
    }
    return machine.offers(Machine.Feature.LIBSECCOMP)
        ? Finding.ok("seccomp", "")
        : Finding.limited(
            "seccomp", "no container with a policy starts; remedy: apt install libseccomp2");
  }

  private static Finding appArmor(Machine machine) {
    boolean enabled =
        machine
            .read("/sys/module/apparmor/parameters/enabled")
            .filter(value -> value.startsWith("Y"))
            .isPresent();
    if (!enabled) {
      return Finding.limited(
          "AppArmor",
          "containers run without a profile; remedy: a kernel with AppArmor, booted with"
              + " security=apparmor");
    }
    return machine.hasProgram("apparmor_parser")
        ? Finding.ok("AppArmor", "")
        : Finding.limited("AppArmor", "no apparmor_parser; remedy: apt install apparmor");
  }

  private static Finding landlock(Machine machine) {
    if (!machine.offers(Machine.Feature.LANDLOCK)) {
      return Finding.limited(
          "Landlock",
          "no container with coffer.landlock rules starts; remedy: a kernel with Landlock, booted"
              + " with landlock in lsm=");
    }
    return machine.offers(Machine.Feature.LANDLOCK_NETWORK)
        ? Finding.ok("Landlock", "")
        : Finding.limited("Landlock", "files only; rules about TCP ports take Linux 6.7");
  }

  /** Most hosts that have AppArmor lack it, which is nothing to complain of. */
  private static Optional<Finding> seLinux(Machine machine) {
    return machine
        .read("/sys/fs/selinux/enforce")
        .map(mode ->
            mode.startsWith("1")
                ? Finding.ok("SELinux", "")
                : Finding.limited("SELinux", "is permissive: it reports, and forbids nothing"));
  }

  private static Finding subordinateIds(Machine machine, String file) {
    boolean some = machine.read(file).filter(text -> text.contains(":")).isPresent();
    return some
        ? Finding.ok(file, "")
        : Finding.limited(
            file,
            "gives nobody a range of ids, so no unprivileged containers; remedy: echo"
                + " root:100000:65536 >> "
                + file);
  }
}
