package dev.coffer.storage;

import dev.coffer.linux.HostMount;
import java.nio.file.Path;

/**
 * A store whose files are visible on the host.
 *
 * @param root where
 * @param mounted whether closing this unmounts it
 */
public record OpenStore(Path root, boolean mounted) implements AutoCloseable {
  @Override
  public void close() {
    if (mounted) {
      HostMount.remove(root);
    }
  }
}
