package dev.coffer.model;

import java.util.List;
import java.util.Optional;

/**
 * Placement and limits in the cgroup trees.
 *
 * @param v1 values for v1 files, written in this order
 * @param v2 values for v2 files, written in this order
 * @param dir common parent of both cgroups
 * @param monitorDir own path for the keeper; set together with {@code containerDir}
 * @param containerInner child cgroup the container lives in, below the one that carries the limits
 * @param relative whether root stays below its own cgroup instead of starting from the tree's top
 */
public record Cgroups(
    List<Sourced<Value>> v1,
    List<Sourced<Value>> v2,
    Optional<Sourced<String>> dir,
    Optional<Sourced<String>> monitorDir,
    Optional<Sourced<String>> monitorPivotDir,
    Optional<Sourced<String>> containerDir,
    Optional<Sourced<String>> containerInner,
    boolean relative) {
  public static final Cgroups NONE =
      new Cgroups(
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false);

  public Cgroups {
    v1 = List.copyOf(v1);
    v2 = List.copyOf(v2);
  }

  /** A line for a cgroup file such as {@code memory.max}. */
  public record Value(String file, String value) {}
}
