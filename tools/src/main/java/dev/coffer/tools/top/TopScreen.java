package dev.coffer.tools.top;

import dev.coffer.tools.text.Paint;
import dev.coffer.tools.text.Paint.Tone;
import dev.coffer.tools.text.TerminalText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The picture of a board as lines of text, for a terminal or a pipe.
 *
 * @param processors how many the host has: what fills the bars of all containers together
 */
public record TopScreen(Sparkline sparkline, Paint paint, int processors) {
  private static final int LEAST_NAME = 8;
  private static final int MOST_NAME = 24;
  private static final double BUSY = 0.8;
  private static final String KEYS =
      "q quit  sort: n name  c cpu  m memory  s swap  k kernel  b block I/O  i network  t tasks"
          + "  r reverse";

  public static TopScreen of(Map<String, String> environment, Paint paint, int processors) {
    return new TopScreen(Sparkline.of(environment), paint, processors);
  }

  /**
   * What is to be seen.
   *
   * @param defined how many containers there are
   * @param first how many lines of the table are above the screen
   */
  public record View(
      List<Track> tracks, int defined, Ranking ranking, boolean largestFirst, int first) {}

  /** The lines of a screen; never more than {@code rows}, none wider than {@code columns}. */
  public List<String> draw(View view, int rows, int columns) {
    List<String> lines = new ArrayList<>();
    List<Track> tracks = view.tracks();
    int room = room(rows);
    int first = Math.clamp(view.first(), 0, Math.max(0, tracks.size() - room));
    int end = Math.min(tracks.size(), first + room);
    lines.add(cut(heading(view, first, end), columns));
    lines.addAll(table(tracks, first, end, columns));
    lines.add(paint.paint(Tone.FAINT, cut(KEYS, columns)));
    return lines.subList(0, Math.min(rows, lines.size()));
  }

  /** How many containers a screen has room for: heading, titles, total and keys need a row each. */
  static int room(int rows) {
    return Math.max(1, rows - 4);
  }

  /** The table alone. */
  public List<String> table(List<Track> tracks, int columns) {
    return table(tracks, 0, tracks.size(), columns);
  }

  /** A part of the lines, with the total of all. */
  private List<String> table(List<Track> tracks, int first, int end, int columns) {
    Layout layout = Layout.of(tracks, columns);
    List<String> lines = new ArrayList<>();
    lines.add(paint.paint(Tone.STRONG, cut(titles(layout), columns)));
    double mostMemory = tracks.stream().mapToDouble(TopScreen::highest).max().orElse(0);
    tracks.subList(first, end).forEach(track -> lines.add(line(track, layout, mostMemory)));
    lines.add(paint.paint(Tone.STRONG, cut(total(tracks, layout), columns)));
    return lines;
  }

  private record Layout(int name, List<TopColumn> columns) {
    static Layout of(List<Track> tracks, int width) {
      int longest = tracks.stream().mapToInt(track -> track.name().length()).max().orElse(0);
      int name = Math.clamp(longest, LEAST_NAME, MOST_NAME);
      return new Layout(name, TopColumn.within(width - name));
    }
  }

  private static double highest(Track track) {
    return track.memoryHistory().stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }

  private static String heading(View view, int first, int end) {
    int running = view.tracks().size();
    String part = end - first < running ? ", " + (first + 1) + " to " + end + " shown" : "";
    return running
        + " of "
        + view.defined()
        + " running"
        + part
        + ", by "
        + view.ranking().title()
        + (view.largestFirst() == (view.ranking() == Ranking.NAME) ? ", reversed" : "");
  }

  private static String titles(Layout layout) {
    StringBuilder line = new StringBuilder(left("NAME", layout.name()));
    for (TopColumn column : layout.columns()) {
      line.append(' ').append(right(column.title(), column.width()));
    }
    return line.toString();
  }

  private String line(Track track, Layout layout, double mostMemory) {
    StringBuilder line = new StringBuilder(left(TerminalText.of(track.name()), layout.name()));
    for (TopColumn column : layout.columns()) {
      line.append(' ').append(cell(track, column, mostMemory));
    }
    return line.toString();
  }

  /** The bars of a container are as high as its quota of processors or of memory allows. */
  private String cell(Track track, TopColumn column, double mostMemory) {
    return switch (column) {
      case CPU_GRAPH ->
          paint.paint(
              track.cpuShare() >= BUSY ? Tone.WARNING : Tone.GOOD,
              sparkline.draw(track.cpuHistory(), 1, column.width()));
      case MEMORY_GRAPH -> {
        double limit = track.now().memory().limit().orElse(0);
        boolean scarce = limit > 0 && track.memory() >= limit * BUSY;
        yield paint.paint(
            scarce ? Tone.WARNING : Tone.GOOD,
            sparkline.draw(track.memoryHistory(), limit > 0 ? limit : mostMemory, column.width()));
      }
      case CPU, TIME, MEMORY, LIMIT, SWAP, KERNEL, READ, WRITTEN, RECEIVED, SENT, TASKS ->
          right(column.text(track), column.width());
    };
  }

  private String total(List<Track> tracks, Layout layout) {
    StringBuilder line = new StringBuilder(left("TOTAL", layout.name()));
    for (TopColumn column : layout.columns()) {
      String text =
          switch (column) {
            case CPU -> Amount.share(sum(tracks, Track::cpuShare));
            case TIME -> Amount.time((long) sum(tracks, Track::cpuNanos));
            case MEMORY -> Amount.bytes(sum(tracks, Track::memory));
            case SWAP -> Amount.bytes(sum(tracks, t -> t.memoryAndSwap() - t.memory()));
            case KERNEL -> Amount.bytes(sum(tracks, Track::kernelMemory));
            case READ -> Amount.bytes(sum(tracks, t -> t.rate(Track::readBytes)));
            case WRITTEN -> Amount.bytes(sum(tracks, t -> t.rate(Track::writtenBytes)));
            case RECEIVED -> Amount.bytes(sum(tracks, t -> t.rate(Track::receivedBytes)));
            case SENT -> Amount.bytes(sum(tracks, t -> t.rate(Track::sentBytes)));
            case TASKS -> Long.toString((long) sum(tracks, Track::tasks));
            case CPU_GRAPH -> sparkline.draw(cpuOfAll(tracks), processors, column.width());
            case MEMORY_GRAPH, LIMIT -> "";
          };
      line.append(' ').append(right(text, column.width()));
    }
    return line.toString();
  }

  /** Histories end now; one that began later has nothing before. */
  private static List<Double> cpuOfAll(List<Track> tracks) {
    int length = tracks.stream().mapToInt(track -> track.cpuHistory().size()).max().orElse(0);
    List<Double> sums = new ArrayList<>(Collections.nCopies(length, 0.0));
    for (Track track : tracks) {
      List<Double> history = track.cpuHistory();
      int offset = length - history.size();
      for (int i = 0; i < history.size(); i++) {
        sums.set(offset + i, sums.get(offset + i) + history.get(i));
      }
    }
    return sums;
  }

  private static double sum(List<Track> tracks, ToDoubleFunction<Track> value) {
    return tracks.stream().mapToDouble(value).sum();
  }

  private static String left(String text, int width) {
    String shown = text.length() > width ? text.substring(0, width - 1) + "+" : text;
    return shown + " ".repeat(width - shown.length());
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private static String cut(String text, int width) {
    return text.length() > width ? text.substring(0, width) : text;
  }
}
