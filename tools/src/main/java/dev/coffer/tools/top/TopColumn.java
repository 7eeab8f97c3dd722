package dev.coffer.tools.top;

import dev.coffer.Metrics;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The columns beside the name, in the order of the screen. */
enum TopColumn {
  CPU("CPU", 6, 1, track -> Amount.share(track.cpuShare())),
  CPU_GRAPH("", 12, 3, null),
  TIME("TIME", 7, 2, track -> Amount.time(track.cpuNanos())),
  MEMORY("MEM", 6, 1, track -> Amount.bytes(track.memory())),
  MEMORY_GRAPH("", 12, 3, null),
  LIMIT("LIMIT", 6, 4, track -> known(track.now().memory().limit())),
  SWAP("SWAP", 6, 5, track -> known(track.now().memory().swap())),
  KERNEL("KMEM", 6, 7, track -> known(track.now().memory().kernel())),
  READ("READ/s", 7, 4, perSecond(Track::readBytes)),
  WRITTEN("WRITE/s", 7, 4, perSecond(Track::writtenBytes)),
  RECEIVED("IN/s", 7, 5, perSecond(Track::receivedBytes)),
  SENT("OUT/s", 7, 5, perSecond(Track::sentBytes)),
  TASKS("TASKS", 6, 3, track -> Long.toString(track.tasks()));

  static final int LOWEST_RANK = 7;

  private final String title;
  private final int width;
  private final int rank;
  private final Function<Track, String> text;

  /**
   * @param rank those of a low one stay longest when there is not room for all
   */
  TopColumn(String title, int width, int rank, Function<Track, String> text) {
    this.title = title;
    this.width = width;
    this.rank = rank;
    this.text = text;
  }

  String title() {
    return title;
  }

  int width() {
    return width;
  }

  boolean isGraph() {
    return text == null;
  }

  String text(Track track) {
    return text.apply(track);
  }

  /** As many as there is room for, each with one blank before it. */
  static List<TopColumn> within(int room) {
    for (int rank = LOWEST_RANK; rank > 1; rank--) {
      int most = rank;
      List<TopColumn> some = List.of(values()).stream().filter(c -> c.rank <= most).toList();
      if (some.stream().mapToInt(column -> column.width + 1).sum() <= room) {
        return some;
      }
    }
    return List.of(CPU, MEMORY);
  }

  private static String known(OptionalLong bytes) {
    return bytes.isPresent() ? Amount.bytes(bytes.getAsLong()) : "-";
  }

  private static Function<Track, String> perSecond(ToLongFunction<Metrics> counter) {
    return track -> Amount.bytes(track.rate(counter::applyAsLong));
  }
}
