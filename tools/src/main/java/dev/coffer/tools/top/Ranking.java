package dev.coffer.tools.top;

import java.util.Comparator;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What the lines are sorted by, and the key that asks for it; the first six are lxc-top(1)'s. */
public enum Ranking {
  NAME('n', "name", track -> 0),
  /** By what is used now, and where nothing was measured before, by what has been used. */
  CPU('c', "cpu", Track::cpuShare),
  BLOCK_IO('b', "block I/O", Track::ioBytes),
  MEMORY('m', "memory", Track::memory),
  MEMORY_AND_SWAP('s', "memory and swap", Track::memoryAndSwap),
  KERNEL_MEMORY('k', "kernel memory", Track::kernelMemory),
  NETWORK('i', "network", track -> track.rate(m -> Track.receivedBytes(m) + Track.sentBytes(m))),
  TASKS('t', "tasks", Track::tasks);

  private final char key;
  private final String title;
  private final ToDoubleFunction<Track> value;

  Ranking(char key, String title, ToDoubleFunction<Track> value) {
    this.key = key;
    this.title = title;
    this.value = value;
  }

  public static Optional<Ranking> find(char key) {
    for (Ranking ranking : values()) {
      if (ranking.key == key) {
        return Optional.of(ranking);
      }
    }
    return Optional.empty();
  }

  String title() {
    return title;
  }

  Comparator<Track> order(boolean largestFirst) {
    Comparator<Track> byName = Comparator.comparing(Track::name);
    if (this == NAME) {
      return largestFirst ? byName.reversed() : byName;
    }
    Comparator<Track> byValue = Comparator.comparingDouble(value);
    if (this == CPU) {
      byValue = byValue.thenComparingLong(Track::cpuNanos);
    }
    return (largestFirst ? byValue.reversed() : byValue).thenComparing(byName);
  }
}
