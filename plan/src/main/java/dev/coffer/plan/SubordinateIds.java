package dev.coffer.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The ids of the host that a user may map besides their own, as subuid(5) and subgid(5) list them.
 *
 * @param ranges in the order of the file
 * @param elsewhere whether another source than the file is asked for them (nsswitch.conf, {@code
 *     subid}), so that the file does not tell all
 */
public record SubordinateIds(List<Range> ranges, boolean elsewhere) {
  public static final SubordinateIds NONE = new SubordinateIds(List.of(), false);

  private static final long LIMIT = 1L << 32;

  public SubordinateIds {
    ranges = List.copyOf(ranges);
  }

  /** Neighbouring ids of the host. */
  public record Range(long first, long count) {
    public Range {
      if (first < 0 || count < 1 || first + count > LIMIT) {
        throw new IllegalArgumentException("ids " + first + " " + count);
      }
    }

    long last() {
      return first + count - 1;
    }

    /** {@code 100000-165535}. */
    public String describe() {
      return count == 1 ? String.valueOf(first) : first + "-" + last();
    }
  }

  /**
   * Reads the lines of one owner. Lines that are no lines of this form are passed over, as the
   * tools of uidmap do.
   *
   * @param owner a login name; lines may also begin with {@code id}
   */
  public static SubordinateIds parse(String text, String owner, long id) {
    List<Range> ranges = new ArrayList<>();
    for (String line : text.split("\n")) {
      String[] fields = line.strip().split(":", -1);
      if (fields.length == 3 && (fields[0].equals(owner) || fields[0].equals(String.valueOf(id)))) {
        range(fields[1], fields[2]).ifPresent(ranges::add);
      }
    }
    return new SubordinateIds(ranges, false);
  }

  /** The ranges of all owners. */
  public static List<Range> everybodys(String text) {
    return text.lines()
        .map(line -> line.strip().split(":", -1))
        .filter(fields -> fields.length == 3)
        .flatMap(fields -> range(fields[1], fields[2]).stream())
        .toList();
  }

  /** All ids there can be; the last number is no id. */
  public static final Range ALL = new Range(0, LIMIT - 1);

  /**
   * The ids that exist in a user namespace.
   *
   * @param text content of /proc/self/uid_map or gid_map
   */
  public static List<Range> mapped(String text) {
    return text.lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length == 3)
        .flatMap(fields -> range(fields[0], fields[2]).stream())
        .toList();
  }

  private static Optional<Range> range(String first, String count) {
    try {
      return Optional.of(new Range(Long.parseLong(first), Long.parseLong(count)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Whether nsswitch.conf(5) names a source of subordinate ids other than the files. */
  public static boolean areElsewhere(String nsswitch) {
    return nsswitch
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("subid:"))
        .anyMatch(line -> !line.substring("subid:".length()).strip().equals("files"));
  }

  /** Whether all of these ids may be mapped; neighbouring ranges count as one. */
  public boolean cover(long first, long count) {
    long at = first;
    long end = first + count;
    boolean moved = true;
    while (at < end && moved) {
      moved = false;
      for (Range range : ranges) {
        if (at >= range.first && at <= range.last()) {
          at = range.last() + 1;
          moved = true;
        }
      }
    }
    return at >= end;
  }

  /** The longest range. */
  public Optional<Range> longest() {
    return ranges.stream().max((a, b) -> Long.compare(a.count, b.count));
  }

  /** The ranges for people; {@code nothing} where there are none. */
  public String describe() {
    return ranges.isEmpty()
        ? "nothing"
        : ranges.stream().map(Range::describe).collect(Collectors.joining(", "));
  }
}
