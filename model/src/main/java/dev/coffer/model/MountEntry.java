package dev.coffer.model;

import java.util.List;

/**
 * One fstab(5) line, with the options LXC adds taken out of the option list.
 *
 * @param source what is mounted, as written
 * @param target where, as written: relative means below the container's root
 * @param type file system type, or {@code none} for bind mounts
 * @param options the remaining mount(8) options in their order, propagation words included
 * @param create whether a missing target is made, and as what
 * @param optional whether a failure is passed over
 * @param relativeSource whether the source is looked up below the container's root
 * @param idmap {@code container}, a path to a user namespace, or empty
 */
public record MountEntry(
    String source,
    String target,
    String type,
    List<String> options,
    Create create,
    boolean optional,
    boolean relativeSource,
    String idmap) {
  /** What is made where a mount target is missing. */
  public enum Create {
    NOTHING,
    DIRECTORY,
    FILE
  }

  public MountEntry {
    options = List.copyOf(options);
  }
}
