package dev.coffer.storage;

import dev.coffer.linux.Btrfs;
import dev.coffer.linux.DirectoryTree;
import dev.coffer.linux.Errno;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A subvolume of btrfs(5). */
public record BtrfsStore(Path path) implements Store {
  @Override
  public String type() {
    return "btrfs";
  }

  @Override
  public String source() {
    return path.toString();
  }

  @Override
  public void create(Format format) {
    requireBtrfs(path.getParent());
    Btrfs.createSubvolume(path);
  }

  /** Makes a snapshot of it, which can be written. */
  public BtrfsStore snapshot(Path to) {
    requireBtrfs(to.getParent());
    try {
      Btrfs.snapshot(path, to);
    } catch (KernelException e) {
      if (e.is(Errno.EXDEV)) {
        throw new CofferException(
            "cannot make a snapshot of " + path + " at " + to,
            List.of("cause  they are on different file systems", "hint  make a full copy"));
      }
      throw e;
    }
    return new BtrfsStore(to);
  }

  static boolean isBtrfs(Path directory) {
    return Btrfs.isOn(directory);
  }

  private static void requireBtrfs(Path directory) {
    if (!isBtrfs(directory)) {
      throw new CofferException(
          "cannot make a subvolume in " + directory + ": it is not on btrfs",
          List.of("hint  choose a directory that is by -P, or \"-B dir\""));
    }
  }

  /** Subvolumes inside, which the container's root may have made, go first. */
  @Override
  public void remove() {
    if (!HostFiles.existsItself(path)) {
      return;
    }
    if (Btrfs.isSubvolume(path)) {
      Btrfs.deleteSubvolume(path);
    } else {
      DirectoryTree.remove(path);
    }
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
