package dev.coffer.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * What went through one interface, as /proc/PID/net/dev counts it, proc_pid_net(5).
 *
 * @param name as the namespace calls it, so chosen by whoever rules there
 */
public record LinkTraffic(String name, Direction received, Direction sent) {
  private static final int FIELDS = 12;
  private static final int SENT = 8;

  /** Bytes, and packets: all, faulty ones, and those there was no room for. */
  public record Direction(long bytes, long packets, long errors, long dropped) {
    private static Direction of(String[] fields, int first) {
      return new Direction(
          number(fields[first]),
          number(fields[first + 1]),
          number(fields[first + 2]),
          number(fields[first + 3]));
    }

    private static long number(String text) {
      try {
        return Long.parseUnsignedLong(text);
      } catch (NumberFormatException _) {
        return 0;
      }
    }
  }

  /**
   * @param dev content of the file
   */
  public static List<LinkTraffic> parse(String dev) {
    List<LinkTraffic> found = new ArrayList<>();
    for (String line : dev.split("\n")) {
      // a name may hold a colon, the numbers do not
      int colon = line.lastIndexOf(':');
      if (colon < 0) {
        continue;
      }
      String name = line.substring(0, colon).strip();
      String[] fields = line.substring(colon + 1).strip().split("\\s+");
      if (fields.length >= FIELDS) {
        found.add(new LinkTraffic(name, Direction.of(fields, 0), Direction.of(fields, SENT)));
      }
    }
    return found;
  }
}
