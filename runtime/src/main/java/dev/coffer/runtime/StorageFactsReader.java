package dev.coffer.runtime;

import dev.coffer.linux.FileKind;
import dev.coffer.linux.FileSystemType;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Sourced;
import dev.coffer.plan.StorageFacts;
import dev.coffer.plan.StorageFacts.Kind;
import java.nio.file.Path;
import java.util.Optional;

/** Looks at what a container's root file system is to be mounted from. */
final class StorageFactsReader {
  private static final String LINK = "rootdev";

  private StorageFactsReader() {}

  /**
   * @param directory the container's run directory
   */
  static StorageFacts read(ContainerSpec spec, Path directory) {
    Optional<Path> path =
        spec.rootfs()
            .path()
            .map(Sourced::value)
            .filter(_ -> !spec.rootfs().type().matches("overlay|zfs|btrfs"))
            .map(Path::of);
    if (path.isEmpty()) {
      return StorageFacts.DIRECTORY;
    }
    Kind kind =
        switch (FileKind.of(path.get())) {
          case DIRECTORY -> Kind.DIRECTORY;
          case REGULAR -> Kind.FILE;
          case BLOCK_DEVICE -> Kind.BLOCK_DEVICE;
          case MISSING -> Kind.MISSING;
          case OTHER -> Kind.OTHER;
        };
    if (kind == Kind.DIRECTORY) {
      return StorageFacts.DIRECTORY;
    }
    boolean holds = kind == Kind.FILE || kind == Kind.BLOCK_DEVICE;
    return new StorageFacts(
        kind,
        holds ? FileSystemType.probe(path.get()) : Optional.empty(),
        directory.resolve(LINK).toString());
  }
}
