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
    for (FileSystemRow row : FILE_SYSTEMS) {
      findings.add(fileSystem(machine, row));
    }
    findings.add(device(machine, "/dev/loop-control", "loop devices", "modprobe loop"));
    findings.add(device(machine, "/dev/fuse", "FUSE device", "modprobe fuse"));
    return findings;
  }

  private static Finding fileSystem(Machine machine, FileSystemRow row) {
    return machine.hasFileSystem(row.name)
        ? Finding.ok(row.name, "")
        : Finding.limited(
            row.name, "not in this kernel nor among its modules; needed for " + row.purpose);
  }

  private static Finding device(Machine machine, String path, String thing, String remedy) {
    return machine.exists(path)
        ? Finding.ok(thing, "")
        : Finding.limited(thing, path + " is not there; remedy: " + remedy);
  }
}
