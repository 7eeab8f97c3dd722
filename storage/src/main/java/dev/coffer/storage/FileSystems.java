package dev.coffer.storage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes file systems by mkfs(8). */
final class FileSystems {
  private FileSystems() {}

  /**
   * @param device a block device, or a file in the place of one
   */
  static void make(String type, Path device) {
    List<String> arguments = new ArrayList<>();
    switch (type) {
      case "ext2", "ext3", "ext4" -> arguments.addAll(List.of("-q", "-F"));
      case "xfs" -> arguments.addAll(List.of("-q", "-f"));
      case "btrfs" -> arguments.addAll(List.of("-q", "-f"));
      default -> {}
    }
    arguments.add(device.toString());
    new Tool("mkfs." + type, debianPackage(type))
        .run("make a file system on " + device, arguments.toArray(String[]::new));
  }

  private static String debianPackage(String type) {
    return switch (type) {
      case "ext2", "ext3", "ext4" -> "e2fsprogs";
      case "xfs" -> "xfsprogs";
      case "btrfs" -> "btrfs-progs";
      case "f2fs" -> "f2fs-tools";
      default -> "the package that brings mkfs." + type;
    };
  }
}
