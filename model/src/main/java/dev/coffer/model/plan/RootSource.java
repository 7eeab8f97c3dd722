package dev.coffer.model.plan;

import java.util.List;

/** What a container's root file system is mounted from. */
public sealed interface RootSource {
  /** For people. */
  String describe();

  /** A directory of the host. */
  record Tree(String path) implements RootSource {
    @Override
    public String describe() {
      return path;
    }
  }

  /**
   * Directories over each other, overlayfs.
   *
   * @param lowers the uppermost first
   * @param folder holds upper and work directory, which have to be on one mount; empty for one in
   *     memory
   * @param upper name of the directory that takes all changes
   * @param work name of the directory that overlayfs works in
   * @param data further options of overlayfs
   */
  record Overlay(List<String> lowers, String folder, String upper, String work, List<String> data)
      implements RootSource {
    public Overlay {
      lowers = List.copyOf(lowers);
      data = List.copyOf(data);
    }

    @Override
    public String describe() {
      return "overlay of "
          + (folder.isEmpty() ? "memory" : folder + "/" + upper)
          + " over "
          + String.join(", ", lowers);
    }
  }

  /**
   * A file system that is mounted by itself.
   *
   * @param type as in filesystems(5)
   * @param source a block device, or what the type has in its place
   * @param data its own mount options
   */
  record FileSystem(String type, String source, List<String> data) implements RootSource {
    public FileSystem {
      data = List.copyOf(data);
    }

    @Override
    public String describe() {
      return type + " of " + source;
    }
  }
}
