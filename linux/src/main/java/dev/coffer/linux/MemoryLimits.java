package dev.coffer.linux;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What a cgroup may use of memory and has used, in bytes; no limit is {@link Long#MAX_VALUE}.
 *
 * @param memory the least limit of the cgroup and those above
 * @param used page cache included, as in the host's own figures
 */
record MemoryLimits(long memory, long swap, long used, long usedSwap, long shared) {
  private static final long NONE = Long.MAX_VALUE;

  /** On a v1 tree, whose memory.stat has the limits from above. */
  static MemoryLimits legacy(Path cgroup) {
    long memory = or(CgroupFigures.keyed(cgroup, "memory.stat", "hierarchical_memory_limit"), NONE);
    long both = or(CgroupFigures.keyed(cgroup, "memory.stat", "hierarchical_memsw_limit"), NONE);
    boolean limited = memory < NONE && both < NONE;
    return new MemoryLimits(
        memory,
        limited ? Math.max(0, both - memory) : NONE,
        or(CgroupFigures.number(cgroup, "memory.usage_in_bytes"), 0),
        or(CgroupFigures.keyed(cgroup, "memory.stat", "total_swap"), 0),
        or(CgroupFigures.keyed(cgroup, "memory.stat", "total_shmem"), 0));
  }

  /** On a v2 tree that begins at {@code mount}. */
  static MemoryLimits unified(Path cgroup, Path mount) {
    return new MemoryLimits(
        least(cgroup, mount, "memory.max"),
        least(cgroup, mount, "memory.swap.max"),
        or(CgroupFigures.number(cgroup, "memory.current"), 0),
        or(CgroupFigures.number(cgroup, "memory.swap.current"), 0),
        or(CgroupFigures.keyed(cgroup, "memory.stat", "shmem"), 0));
  }

  private static long least(Path cgroup, Path mount, String file) {
    long least = NONE;
    for (Path at = cgroup; at != null && at.startsWith(mount); at = at.getParent()) {
      least = Math.min(least, or(CgroupFigures.number(at, file), NONE));
    }
    return least;
  }

  private static long or(OptionalLong number, long otherwise) {
    return number.orElse(otherwise);
  }
}
