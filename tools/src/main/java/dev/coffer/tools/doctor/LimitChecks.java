package dev.coffer.tools.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The kernel's ceilings that a few dozen containers reach. */
final class LimitChecks {
  /** A setting, and the value from which on it is large enough. */
  private record LimitRow(String setting, long enough, String consequence) {
    String path() {
      return "/proc/sys/" + setting.replace('.', '/');
    }
  }

  private static final List<LimitRow> LIMITS =
      List.of(
          new LimitRow("fs.inotify.max_user_instances", 1024, "systemd inside fails to start"),
          new LimitRow("fs.inotify.max_user_watches", 65_536, "systemd inside fails to start"),
          new LimitRow(
              "kernel.keys.maxkeys", 2000, "sessions inside fail with disk quota exceeded"),
          new LimitRow("kernel.pty.max", 4096, "no further terminals"));

  private LimitChecks() {}

  static List<Finding> examine(Machine machine) {
    List<Finding> findings = new ArrayList<>();
    for (LimitRow row : LIMITS) {
      Optional<String> value = machine.read(row.path()).map(String::strip);
      value.ifPresent(text -> findings.add(judge(row, text)));
    }
    return findings;
  }

  private static Finding judge(LimitRow row, String value) {
    boolean enough = value.length() > 18 || Long.parseLong(value) >= row.enough;
    return enough
        ? Finding.ok(row.setting, value)
        : Finding.limited(
            row.setting,
            value
                + "; with many containers "
                + row.consequence
                + "; remedy: sysctl "
                + row.setting
                + "="
                + row.enough);
  }
}
