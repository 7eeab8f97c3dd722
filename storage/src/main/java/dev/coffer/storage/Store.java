package dev.coffer.storage;

import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where a root file system is kept. A store is a value: it can be named, and noted, before it is
 * there. Making what is there already fails and changes nothing; deleting what is not there does
 * nothing.
 */
public sealed interface Store
    permits DirectoryStore, OverlayStore, BtrfsStore, LoopStore, LvmStore, ZfsStore {
  /** The kind, as it stands before the colon of lxc.rootfs.path. */
  String type();

  /** What stands behind the colon. */
  String source();

  /** {@code TYPE:SOURCE}, as in lxc.rootfs.path. */
  default String describe() {
    return type() + ":" + source();
  }

  /**
   * Makes it, with nothing in it.
   *
   * @throws CofferException naming the program that is missing, or what it said
   */
  void create(Format format);

  /** Deletes it with all it holds. */
  void remove();

  /**
   * Makes its files visible for work on the host.
   *
   * @param mountPoint an existing directory, used where the store has no directory of its own
   */
  OpenStore open(Path mountPoint);

  /** Where it is a directory of the host anyway, that. */
  default Optional<Path> directory() {
    return Optional.empty();
  }

  /** What of the host's own files it consists of, if it does; a normal path. */
  default Optional<Path> place() {
    return directory().map(Path::normalize);
  }

  /** As what it was made, where it is a block device or a file in the place of one. */
  default Optional<Format> format() {
    return Optional.empty();
  }

  /** Whether it is a file system of its own, which is full at some time. */
  default boolean hasSize() {
    return false;
  }

  /** How much it holds and may hold; empty where nothing limits it, or it cannot be told. */
  default Optional<Quota> quota() {
    return Optional.empty();
  }

  /**
   * The store that an lxc.rootfs.path of this kind and source names; empty for kinds that are not
   * Coffer's to make or delete.
   */
  static Optional<Store> of(String type, String source) {
    return Optional.ofNullable(
        switch (type) {
          case "dir" -> new DirectoryStore(Path.of(source));
          case "btrfs" -> new BtrfsStore(Path.of(source));
          case "loop" -> new LoopStore(Path.of(source));
          case "lvm" -> LvmStore.parse(source);
          case "zfs" -> new ZfsStore(source);
          case "overlay" -> {
            List<Path> parts = Arrays.stream(source.split(":")).map(Path::of).toList();
            yield parts.size() < 2
                ? null
                : new OverlayStore(parts.subList(0, parts.size() - 1), parts.getLast());
          }
          default -> null;
        });
  }

  /** Reads what {@link #describe} wrote. */
  static Optional<Store> parse(String description) {
    int colon = description.indexOf(':');
    return colon < 0
        ? Optional.empty()
        : of(description.substring(0, colon), description.substring(colon + 1));
  }
}
