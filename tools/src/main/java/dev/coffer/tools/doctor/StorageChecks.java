package dev.coffer.tools.doctor;

import java.util.ArrayList;
import java.util.List;

/** File systems and devices that root file systems stand on. */
final class StorageChecks {
  /** A file system, and what it is for. */
  private record FileSystemRow(String name, String purpose) {}

  private static final List<FileSystemRow> FILE_SYSTEMS =
      List.of(
          new FileSystemRow("overlay", "clones that share files with their origin"),
          new FileSystemRow("ext4", "loop files and logical volumes"),
          new FileSystemRow("fuse", "file systems made by programs inside"));

  private StorageChecks() {}

  static List<Finding> examine(Machine machine) {
    List<Finding> findings = new ArrayList<>();
    String known = machine.read("/proc/filesystems").orElse("");
    for (FileSystemRow row : FILE_SYSTEMS) {
      findings.add(fileSystem(known, row));
    }
    findings.add(device(machine, "/dev/loop-control", "loop devices", "modprobe loop"));
    findings.add(device(machine, "/dev/fuse", "FUSE device", "modprobe fuse"));
    return findings;
  }

  private static Finding fileSystem(String known, FileSystemRow row) {
    for (String line : known.split("\n")) {
      if (line.substring(line.indexOf('\t') + 1).strip().equals(row.name)) {
        return Finding.ok(row.name, "");
      }
    }
    return Finding.limited(
        row.name, "not loaded; needed for " + row.purpose + "; remedy: modprobe " + row.name);
  }

  private static Finding device(Machine machine, String path, String thing, String remedy) {
    return machine.exists(path)
        ? Finding.ok(thing, "")
        : Finding.limited(thing, path + " is not there; remedy: " + remedy);
  }
}
