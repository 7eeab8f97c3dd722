package dev.coffer.storage;

import dev.coffer.model.CofferException;
import java.util.List;

/**
 * What is made in a store that is a block device.
 *
 * @param size in bytes; at least 1 MiB
 * @param fileSystem as in filesystems(5), for which there is a program mkfs.TYPE
 */
public record Format(long size, String fileSystem) {
  /** As lxc-create(1) takes it where nothing is said. */
  public static final Format USUAL = new Format(1L << 30, "ext4");

  private static final long LEAST = 1L << 20;

  public Format {
    if (size < LEAST) {
      throw new CofferException(
          size + " bytes are too few for a file system", List.of("hint  1m is the least"));
    }
    if (!fileSystem.matches("[a-z0-9]{1,16}")) {
      throw new CofferException(
          "\"" + fileSystem + "\" is no type of file system",
          List.of("hint  for instance ext4, xfs or btrfs"));
    }
  }
}
