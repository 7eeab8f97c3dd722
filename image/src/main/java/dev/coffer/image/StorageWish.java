package dev.coffer.image;

import dev.coffer.model.CofferException;
import dev.coffer.storage.BtrfsStore;
import dev.coffer.storage.DirectoryStore;
import dev.coffer.storage.Format;
import dev.coffer.storage.LoopStore;
import dev.coffer.storage.LvmStore;
import dev.coffer.storage.OverlayStore;
import dev.coffer.storage.Store;
import dev.coffer.storage.ZfsStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the root file system of a new container is to be kept in.
 *
 * @param type as {@code lxc-create -B} takes it, but not {@code best}
 * @param directory for {@code dir}, instead of LXCPATH/NAME/rootfs; absolute
 * @param format for block devices
 * @param volumeGroup for {@code lvm}
 * @param volume for {@code lvm}, instead of the container's name
 * @param thinPool for {@code lvm}: used where the group has a pool of this name
 * @param dataset for {@code zfs}: the parent of the new data set
 * @param layers of an image, the uppermost first, which are to be below an overlay
 */
public record StorageWish(
    String type,
    Optional<Path> directory,
    Format format,
    String volumeGroup,
    Optional<String> volume,
    String thinPool,
    String dataset,
    List<Path> layers) {
  public StorageWish {
    layers = List.copyOf(layers);
    if (directory.filter(path -> !path.isAbsolute()).isPresent()) {
      throw new CofferException("--dir should use absolute path");
    }
    if (directory.isPresent() && !type.equals("dir")) {
      throw new CofferException(
          "--dir is for \"-B dir\" only",
          List.of("hint  leave it out: " + type + " has a place of its own"));
    }
  }

  /** A directory in the container's own. */
  public static StorageWish directory(Optional<Path> instead) {
    return new StorageWish(
        "dir", instead, Format.USUAL, "lxc", Optional.empty(), "lxc", "lxc", List.of());
  }

  /** The same over the layers of an image. */
  StorageWish over(List<Path> lowers) {
    if (!type.equals("dir") && !type.startsWith("overlay") || directory.isPresent()) {
      throw new CofferException(
          "a container from an OCI image is an overlay of its layers",
          List.of("hint  leave out -B and --dir; lxc-copy -B " + type + " makes a full copy"));
    }
    return new StorageWish(
        "overlay", directory, format, volumeGroup, volume, thinPool, dataset, lowers);
  }

  /**
   * The store, which is not there yet.
   *
   * @param own the container's directory
   */
  Store store(String name, Path own) {
    Path rootfs = own.resolve("rootfs");
    return switch (type) {
      case "dir" -> new DirectoryStore(directory.orElse(rootfs));
      case "btrfs" -> new BtrfsStore(rootfs);
      case "overlay", "overlayfs" ->
          new OverlayStore(
              layers.isEmpty() ? List.of(rootfs) : layers, own.resolve("overlay/delta"));
      case "loop" -> new LoopStore(own.resolve("rootdev"));
      case "lvm" -> new LvmStore(volumeGroup, volume.orElse(name), Optional.of(thinPool));
      case "zfs" -> new ZfsStore(dataset + "/" + name);
      default -> throw new IllegalArgumentException(type);
    };
  }
}
