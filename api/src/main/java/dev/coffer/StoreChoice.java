package dev.coffer;

import dev.coffer.config.SystemConfig;
import dev.coffer.image.StorageWish;
import dev.coffer.model.CofferException;
import dev.coffer.storage.Format;
import dev.coffer.storage.StoreProbe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which backing store a new container gets. */
final class StoreChoice {
  private static final Set<String> FOR_ROOT = Set.of("loop", "lvm", "zfs");
  private static final Set<String> KNOWN = Set.of("dir", "overlay", "overlayfs", "btrfs");
  private static final Set<String> LATER = Set.of("rbd", "nbd");

  private final SystemConfig defaults;
  private final boolean hostsRoot;

  StoreChoice(Map<String, String> environment, boolean hostsRoot) {
    this.defaults = SystemConfig.read(hostsRoot, environment);
    this.hostsRoot = hostsRoot;
  }

  /**
   * @param lxcPath where the container will be
   * @throws CofferException where there is no such store, or the caller cannot have it
   */
  StorageWish choose(StoreOptions options, Path lxcPath) {
    String group = options.volumeGroup().orElse(system("lxc.bdev.lvm.vg"));
    String dataset = options.dataset().orElse(system("lxc.bdev.zfs.root"));
    String type = options.type();
    if (type.equals("best")) {
      type = StoreProbe.best(lxcPath, group, dataset, hostsRoot && options.directory().isEmpty());
    }
    require(type);
    Format format =
        new Format(
            options.size().orElse(Format.USUAL.size()),
            options.fileSystem().orElse(Format.USUAL.fileSystem()));
    return new StorageWish(
        type,
        options.directory(),
        format,
        group,
        options.volume(),
        options.thinPool().orElse(system("lxc.bdev.lvm.thin_pool")),
        dataset,
        List.of());
  }

  private String system(String item) {
    return defaults.get(item).orElse("lxc");
  }

  private void require(String type) {
    if (LATER.contains(type)) {
      throw new CofferException(
          "new containers on " + type + " are not supported",
          List.of(
              "hint  map the device yourself, and name it: lxc.rootfs.path = /dev/" + type + "0"));
    }
    if (!KNOWN.contains(type) && !FOR_ROOT.contains(type)) {
      throw new CofferException(type + " is not a valid backing storage type");
    }
    if (FOR_ROOT.contains(type) && !hostsRoot) {
      throw new CofferException(
          "only the host's root may make containers on " + type,
          List.of("hint  ordinary users have dir, overlay and btrfs"));
    }
  }
}
