package dev.coffer.storage;

import java.nio.file.Files;
import java.nio.file.Path;

/** Looks which stores can be had. */
public final class StoreProbe {
  private StoreProbe() {}

  /**
   * What {@code lxc-create -B best} takes, in LXC's order: zfs, lvm, btrfs, dir.
   *
   * @param folder where the container will be; it need not be there yet
   * @param volumeGroup of lvm
   * @param dataset of zfs
   * @param devices whether block devices and data sets are possible at all
   */
  public static String best(Path folder, String volumeGroup, String dataset, boolean devices) {
    if (devices && ZfsStore.hasDataset(dataset)) {
      return "zfs";
    }
    if (devices && LvmStore.hasGroup(volumeGroup)) {
      return "lvm";
    }
    return BtrfsStore.isBtrfs(existing(folder)) ? "btrfs" : "dir";
  }

  private static Path existing(Path folder) {
    Path at = folder.toAbsolutePath();
    while (at.getParent() != null && !Files.exists(at)) {
      at = at.getParent();
    }
    return at;
  }
}
