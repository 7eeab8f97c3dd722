package dev.coffer.plan;

import java.util.Optional;

/**
 * What the start of a container whose root file system is no plain directory needs to know.
 *
 * @param kind what is found where lxc.rootfs.path says
 * @param fileSystem the type of the file system in that file or on that device, as in
 *     filesystems(5); empty where none is known
 * @param link a path that the container's run leaves free, for a link to a loop device
 */
public record StorageFacts(Kind kind, Optional<String> fileSystem, String link) {
  /** Of a container with a directory as its root file system. */
  public static final StorageFacts DIRECTORY =
      new StorageFacts(Kind.DIRECTORY, Optional.empty(), "");

  /** What a path leads to. */
  public enum Kind {
    DIRECTORY,
    FILE,
    BLOCK_DEVICE,
    /** Anything else. */
    OTHER,
    MISSING
  }
}
