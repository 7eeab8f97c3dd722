package dev.coffer.tools.top;

import dev.coffer.Metrics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** What is known of one running container: its figures now, before, and the way they went. */
public final class Track {
  private static final int KEPT = 60;
  private static final double NANOS_PER_SECOND = 1e9;

  private final String name;
  private final Deque<Double> cpuShares = new ArrayDeque<>();
  private final Deque<Double> memoryBytes = new ArrayDeque<>();
  private Optional<Metrics> before = Optional.empty();
  private Metrics now;
  private long nowNanos;
  private double seconds;

  Track(String name, Metrics metrics, long nanos) {
    this.name = name;
    this.now = metrics;
    this.nowNanos = nanos;
    keep();
  }

  /**
   * @param nanos when it was measured, by a clock that never goes back
   */
  void add(Metrics metrics, long nanos) {
    // a counter that went back belongs to a new life
    boolean same =
        metrics.cpu().total().orElse(0) >= now.cpu().total().orElse(0) && nanos > nowNanos;
    before = same ? Optional.of(now) : Optional.empty();
    seconds = (nanos - nowNanos) / NANOS_PER_SECOND;
    now = metrics;
    nowNanos = nanos;
    keep();
  }

  private void keep() {
    if (cpuShares.size() == KEPT) {
      cpuShares.removeFirst();
      memoryBytes.removeFirst();
    }
    cpuShares.addLast(cpuShare());
    memoryBytes.addLast((double) memory());
  }

  public String name() {
    return name;
  }

  Metrics now() {
    return now;
  }

  /** Of one processor, 1 for the whole of it; 0 as long as it was measured only once. */
  double cpuShare() {
    return rate(metrics -> metrics.cpu().total().orElse(0)) / NANOS_PER_SECOND;
  }

  /** Per second since the measurement before; 0 without one. */
  double rate(Function<Metrics, Long> counter) {
    return before.isEmpty()
        ? 0
        : Math.max(0, counter.apply(now) - counter.apply(before.get())) / seconds;
  }

  List<Double> cpuHistory() {
    return List.copyOf(cpuShares);
  }

  List<Double> memoryHistory() {
    return List.copyOf(memoryBytes);
  }

  long cpuNanos() {
    return now.cpu().total().orElse(0);
  }

  long memory() {
    return now.memory().used().orElse(0);
  }

  /** Memory and swap together, as the limit lxc.cgroup.memory.memsw.limit_in_bytes counts. */
  long memoryAndSwap() {
    return memory() + now.memory().swap().orElse(0);
  }

  long kernelMemory() {
    return now.memory().kernel().orElse(0);
  }

  long ioBytes() {
    return sum(now.io().readBytes(), now.io().writtenBytes());
  }

  long ioOperations() {
    return sum(now.io().reads(), now.io().writes());
  }

  long tasks() {
    return now.tasks().count().orElse(0);
  }

  static long readBytes(Metrics metrics) {
    return metrics.io().readBytes().orElse(0);
  }

  static long writtenBytes(Metrics metrics) {
    return metrics.io().writtenBytes().orElse(0);
  }

  static long receivedBytes(Metrics metrics) {
    return metrics.links().stream().mapToLong(link -> link.received().bytes()).sum();
  }

  static long sentBytes(Metrics metrics) {
    return metrics.links().stream().mapToLong(link -> link.sent().bytes()).sum();
  }

  private static long sum(OptionalLong one, OptionalLong other) {
    return one.orElse(0) + other.orElse(0);
  }
}
