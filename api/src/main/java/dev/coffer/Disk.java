package dev.coffer;

import dev.coffer.storage.Quota;
import dev.coffer.storage.Store;
import java.io.File;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How much a root file system of a size of its own holds, in bytes.
 *
 * @param used as its file system counts while the container runs, else as its file does
 * @param limit how much fits
 */
public record Disk(long used, long limit) {
  /**
   * Empty where nothing but the host's file system limits it, or where that cannot be told.
   *
   * @param init a process that has the root file system as its root
   */
  static Optional<Disk> of(Store store, OptionalInt init) {
    if (init.isPresent() && store.hasSize()) {
      File root = new File("/proc/" + init.getAsInt() + "/root/");
      long limit = root.getTotalSpace();
      return limit == 0
          ? Optional.empty()
          : Optional.of(new Disk(limit - root.getFreeSpace(), limit));
    }
    return store.quota().map(Disk::of);
  }

  private static Disk of(Quota quota) {
    return new Disk(quota.used(), quota.limit());
  }
}
