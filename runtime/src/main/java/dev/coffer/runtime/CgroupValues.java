package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.OpenFlags;
import java.nio.file.Path;

/**
 * Writes values into files of cgroups. Neighbours that go to one file, device rules for instance,
 * share its descriptor.
 */
final class CgroupValues implements AutoCloseable {
  private Path path;
  private Fd file;

  void write(Path to, String value) {
    if (!to.equals(path)) {
      close();
      file = HostFiles.open(to, OpenFlags.WRITE_ONLY, 0);
      path = to;
    }
    file.writeFully(value);
  }

  @Override
  public void close() {
    if (file != null) {
      file.close();
      path = null;
      file = null;
    }
  }
}
