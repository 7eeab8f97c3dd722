package dev.coffer;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Everything the kernel accounts of a running container, cgroups(7). A figure that this host does
 * not keep is absent, and so is a limit where there is none. Counters begin at the start.
 *
 * @param pressure by resource: {@code cpu}, {@code memory}, {@code io}; only cgroup v2 tells of it,
 *     also beside v1
 * @param links its interfaces as it names them, without loopback; none where it has the host's
 */
public record Metrics(
    Cpu cpu, Memory memory, Io io, Tasks tasks, Map<String, Pressure> pressure, List<Link> links) {
  public Metrics {
    pressure = Map.copyOf(pressure);
    links = List.copyOf(links);
  }

  /**
   * Processor time of all processors together, in nanoseconds.
   *
   * @param throttled how long it had to wait for its quota
   * @param throttledPeriods in how many periods it had to
   */
  public record Cpu(
      OptionalLong total,
      OptionalLong user,
      OptionalLong system,
      OptionalLong throttled,
      OptionalLong throttledPeriods) {}

  /**
   * Bytes, page cache included.
   *
   * @param peak the most that was in use at once
   * @param swapLimit on cgroup v1, what the limit for both leaves when memory is at its own limit
   * @param oomKills processes that the kernel has killed for want of memory
   */
  public record Memory(
      OptionalLong used,
      OptionalLong limit,
      OptionalLong peak,
      OptionalLong swap,
      OptionalLong swapLimit,
      OptionalLong kernel,
      OptionalLong oomKills) {}

  /** What block devices have transferred: bytes, and how often. */
  public record Io(
      OptionalLong readBytes, OptionalLong writtenBytes, OptionalLong reads, OptionalLong writes) {}

  /** Processes and threads. */
  public record Tasks(OptionalLong count, OptionalLong limit) {}

  /**
   * How long tasks have waited for a resource, in nanoseconds.
   *
   * @param some at least one of them
   * @param full all of them at once
   */
  public record Pressure(long some, long full) {}

  /** One interface, as the container sees it. */
  public record Link(String name, Traffic received, Traffic sent) {}

  /** Bytes, and packets: all, faulty ones, and those there was no room for. */
  public record Traffic(long bytes, long packets, long errors, long dropped) {}
}
