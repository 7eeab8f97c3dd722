package dev.coffer.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Placement and limits in the cgroup trees.
 *
 * @param v1 values for v1 files, written in this order
 * @param v2 values for v2 files, written in this order
 * @param dir common parent of both cgroups
 * @param monitorDir own path for the keeper; set together with {@code containerDir}
 * @param containerInner child cgroup the container lives in, below the one that carries the limits
 * @param view which version of cgroups the container sees
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
    Sourced<View> view,
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
          Sourced.builtIn(View.AUTO, "coffer.cgroup.view"),
          false);

  public Cgroups {
    v1 = List.copyOf(v1);
    v2 = List.copyOf(v2);
  }

  /** What /sys/fs/cgroup of a container looks like. */
  public enum View {
    /** As lxc.mount.auto says, but for a container that cannot live with it. */
    AUTO,
    /** A directory for each controller. */
    V1,
    /** The same, and v2 in the directory {@code unified}. */
    HYBRID,
    /** The one tree of v2. */
    V2;

    /** As it is written in a configuration. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A line for a cgroup file such as {@code memory.max}. */
  public record Value(String file, String value) {}
}
