package dev.coffer.storage;

import dev.coffer.linux.DirectoryTree;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.HostMount;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Directories over each other, overlayfs. Only the upper one and the work directory beside it are
 * the store's own: the lower ones may be somebody else's.
 *
 * @param lowers the uppermost first
 * @param upper takes all changes
 */
public record OverlayStore(List<Path> lowers, Path upper) implements Store {
  public OverlayStore {
    lowers = List.copyOf(lowers);
  }

  @Override
  public String type() {
    return "overlay";
  }

  @Override
  public String source() {
    return lowers.stream().map(Path::toString).collect(Collectors.joining(":")) + ":" + upper;
  }

  /** Overlayfs wants it on the file system of the upper one. LXC before 3.0 had other names. */
  public Path work() {
    return upper.resolveSibling(upper.endsWith("delta0") ? "olwork" : "work");
  }

  @Override
  public void create(Format format) {
    Path folder = upper.getParent();
    if (!HostFiles.exists(folder)) {
      HostFiles.mkdir(folder, DirectoryStore.MODE);
    }
    HostFiles.mkdir(upper, DirectoryStore.MODE);
    HostFiles.mkdir(work(), DirectoryStore.MODE);
  }

  @Override
  public void remove() {
    DirectoryTree.remove(upper);
    DirectoryTree.remove(work());
    Path folder = upper.getParent();
    if (folder.endsWith("overlay") && HostFiles.exists(folder)) {
      DirectoryTree.remove(folder);
    }
  }

  @Override
  public Optional<Path> place() {
    return Optional.of(upper.normalize());
  }

  @Override
  public OpenStore open(Path mountPoint) {
    String options =
        "lowerdir="
            + lowers.stream().map(Path::toString).collect(Collectors.joining(":"))
            + ",upperdir="
            + upper
            + ",workdir="
            + work();
    HostMount.make("overlay", "overlay", mountPoint, options);
    return new OpenStore(mountPoint, true);
  }
}
