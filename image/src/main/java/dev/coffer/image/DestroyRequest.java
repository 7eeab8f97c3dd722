package dev.coffer.image;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A container to be deleted.
 *
 * @param lxcPath the directory that holds the container's directory
 * @param storage the directory of its root file system; empty if it has none, or not in a directory
 * @param managed lxc.rootfs.managed: whether the storage may be deleted
 * @param withSnapshots whether its snapshots may go too
 */
public record DestroyRequest(
    String name, Path lxcPath, Optional<Path> storage, boolean managed, boolean withSnapshots) {
  public DestroyRequest {
    if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException("\"" + name + "\" is no container's name");
    }
    storage = storage.map(Path::normalize);
    if (storage.filter(path -> !path.isAbsolute() || path.getNameCount() == 0).isPresent()) {
      throw new IllegalArgumentException("storage " + storage);
    }
  }

  /** The container's directory. */
  public Path directory() {
    return lxcPath.resolve(name);
  }
}
