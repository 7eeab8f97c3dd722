package dev.coffer.linux;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a cgroup has used. A figure is absent where its controller is not at hand or not enabled.
 *
 * @param memory bytes, page cache included
 * @param swap bytes
 * @param kernelMemory bytes
 * @param cpu nanoseconds of all processors together
 * @param io bytes read from and written to block devices
 * @param tasks processes and threads
 */
public record CgroupStats(
    OptionalLong memory,
    OptionalLong swap,
    OptionalLong kernelMemory,
    OptionalLong cpu,
    OptionalLong io,
    OptionalLong tasks) {
  /**
   * @param cgroup path within every hierarchy, such as {@code /lxc.payload.c1}
   */
  public static CgroupStats read(CgroupTrees trees, String cgroup) {
    return new CgroupStats(
        figure(trees, cgroup, "memory", "memory.current", "memory.usage_in_bytes"),
        swap(trees, cgroup),
        kernelMemory(trees, cgroup),
        cpu(trees, cgroup),
        io(trees, cgroup),
        figure(trees, cgroup, "pids", "pids.current", "pids.current"));
  }

  private static OptionalLong figure(
      CgroupTrees trees, String cgroup, String controller, String unified, String legacy) {
    return trees
        .tree(controller)
        .map(
            tree -> CgroupFigures.number(tree.directory(cgroup), tree.unified() ? unified : legacy))
        .orElse(OptionalLong.empty());
  }

  private static OptionalLong swap(CgroupTrees trees, String cgroup) {
    Optional<CgroupTrees.Tree> tree = trees.tree("memory");
    if (tree.isEmpty()) {
      return OptionalLong.empty();
    }
    Path directory = tree.get().directory(cgroup);
    return tree.get().unified()
        ? CgroupFigures.number(directory, "memory.swap.current")
        : CgroupFigures.keyed(directory, "memory.stat", "swap");
  }

  private static OptionalLong kernelMemory(CgroupTrees trees, String cgroup) {
    Optional<CgroupTrees.Tree> tree = trees.tree("memory");
    if (tree.isEmpty()) {
      return OptionalLong.empty();
    }
    Path directory = tree.get().directory(cgroup);
    return tree.get().unified()
        ? CgroupFigures.keyed(directory, "memory.stat", "kernel")
        : CgroupFigures.number(directory, "memory.kmem.usage_in_bytes");
  }

  private static OptionalLong cpu(CgroupTrees trees, String cgroup) {
    Optional<CgroupTrees.Tree> legacy = trees.tree("cpuacct");
    if (legacy.isPresent()) {
      return CgroupFigures.number(legacy.get().directory(cgroup), "cpuacct.usage");
    }
    // Every v2 cgroup counts time, whether its controller is enabled or not.
    OptionalLong micros =
        trees
            .unified()
            .map(tree -> CgroupFigures.keyed(tree.directory(cgroup), "cpu.stat", "usage_usec"))
            .orElse(OptionalLong.empty());
    return micros.isPresent() ? OptionalLong.of(micros.getAsLong() * 1000) : micros;
  }

  private static OptionalLong io(CgroupTrees trees, String cgroup) {
    Optional<CgroupTrees.Tree> legacy = trees.tree("blkio");
    if (legacy.isPresent()) {
      return CgroupFigures.legacyIo(legacy.get().directory(cgroup));
    }
    return trees
        .tree("io")
        .map(tree -> unifiedIo(tree.directory(cgroup)))
        .orElse(OptionalLong.empty());
  }

  private static OptionalLong unifiedIo(Path directory) {
    OptionalLong read = CgroupFigures.summed(directory, "io.stat", "rbytes");
    return read.isPresent()
        ? OptionalLong.of(
            read.getAsLong() + CgroupFigures.summed(directory, "io.stat", "wbytes").orElse(0))
        : read;
  }
}
