package dev.coffer.image;

import dev.coffer.storage.Store;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A container to be deleted.
 *
 * @param lxcPath the directory that holds the container's directory
 * @param storage what its root file system is kept in; empty if it has none, or it is not Coffer's
 *     to delete
 * @param managed lxc.rootfs.managed: whether the storage may be deleted
 * @param withSnapshots whether its snapshots may go too
 */
public record DestroyRequest(
    String name, Path lxcPath, Optional<Store> storage, boolean managed, boolean withSnapshots) {
  public DestroyRequest {
    if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException("\"" + name + "\" is no container's name");
    }
    storage
        .flatMap(Store::place)
        .map(Path::normalize)
        .filter(path -> !path.isAbsolute() || path.getNameCount() == 0)
        .ifPresent(path -> {
          throw new IllegalArgumentException("storage " + path);
        });
  }

  /** The container's directory. */
  public Path directory() {
    return lxcPath.resolve(name);
  }
}
