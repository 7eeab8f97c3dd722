package dev.coffer.config;

import java.util.List;

/**
 * {@code TYPE:PATH}, or a path alone.
 *
 * @param type backing store; empty where the path stood alone, which leaves it to detection
 */
record RootfsPath(String type, String path) {
  /** The backing stores LXC knows. */
  static final List<String> TYPES =
      List.of("dir", "overlay", "btrfs", "zfs", "lvm", "loop", "nbd", "rbd");

  static RootfsPath parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return new RootfsPath("", text);
    }
    String type = text.substring(0, colon);
    return new RootfsPath(type.equals("overlayfs") ? "overlay" : type, text.substring(colon + 1));
  }
}
