package dev.coffer;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a new container's root file system is kept in; what is left out is as lxc-create(1) and
 * lxc.system.conf(5) say.
 *
 * @param type {@code dir}, {@code overlay}, {@code btrfs}, {@code loop}, {@code lvm}, {@code zfs}
 *     or {@code best}, which is the first of zfs, lvm, btrfs and dir that can be had
 * @param directory for {@code dir}: instead of LXCPATH/NAME/rootfs; absolute
 * @param size in bytes, of a block device
 * @param fileSystem on a block device, as in filesystems(5)
 * @param volumeGroup for {@code lvm}
 * @param volume for {@code lvm}, instead of the container's name
 * @param thinPool for {@code lvm}
 * @param dataset for {@code zfs}: the parent of the new data set
 */
public record StoreOptions(
    String type,
    Optional<Path> directory,
    OptionalLong size,
    Optional<String> fileSystem,
    Optional<String> volumeGroup,
    Optional<String> volume,
    Optional<String> thinPool,
    Optional<String> dataset) {
  /** A directory in the container's own. */
  public static final StoreOptions DIRECTORY = of("dir");

  /** A store by its name as {@code lxc-create -B} takes it, with its defaults. */
  public static StoreOptions of(String type) {
    return new StoreOptions(
        type,
        Optional.empty(),
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same at another place. */
  public StoreOptions at(Path place) {
    return new StoreOptions(
        type, Optional.of(place), size, fileSystem, volumeGroup, volume, thinPool, dataset);
  }
}
