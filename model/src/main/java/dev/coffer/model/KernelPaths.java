package dev.coffer.model;

import java.util.List;

/**
 * Paths of the kernel's file systems that the container shall not see or not change, absolute
 * inside.
 *
 * @param masked those that are hidden: files look empty, directories are
 * @param readOnly those that cannot be written
 */
public record KernelPaths(List<Sourced<String>> masked, List<Sourced<String>> readOnly) {
  public static final KernelPaths NONE = new KernelPaths(List.of(), List.of());

  public KernelPaths {
    masked = List.copyOf(masked);
    readOnly = List.copyOf(readOnly);
  }
}
