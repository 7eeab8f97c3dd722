package dev.coffer.storage;

import dev.coffer.linux.DirectoryTree;
import dev.coffer.linux.HostFiles;
import java.nio.file.Path;
import java.util.Optional;

/** A directory. */
public record DirectoryStore(Path path) implements Store {
  static final int MODE = 0755;

  @Override
  public String type() {
    return "dir";
  }

  @Override
  public String source() {
    return path.toString();
  }

  @Override
  public void create(Format format) {
    HostFiles.mkdir(path, MODE);
  }

  @Override
  public void remove() {
    DirectoryTree.remove(path.normalize());
  }

  @Override
  public OpenStore open(Path mountPoint) {
    return new OpenStore(path, false);
  }

  @Override
  public Optional<Path> directory() {
    return Optional.of(path);
  }
}
