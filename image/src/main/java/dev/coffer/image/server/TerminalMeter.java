package dev.coffer.image.server;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A line that tells amount, speed and remaining time, drawn anew a few times a second. */
public final class TerminalMeter implements Meter {
  private static final long REDRAW_NANOS = 200_000_000;
  private static final double NANOS = 1e9;

  private final Consumer<String> out;
  private final LongSupplier clock;
  private String what = "";
  private long total;
  private long done;
  private long before;
  private long began;
  private long drawn;
  private int width;

  /**
   * @param out takes pieces of text that are shown at once
   */
  public TerminalMeter(Consumer<String> out) {
    this(out, System::nanoTime);
  }

  TerminalMeter(Consumer<String> out, LongSupplier clock) {
    this.out = out;
    this.clock = clock;
  }

  @Override
  public void begin(String piece, long size, long there) {
    what = piece;
    total = size;
    done = there;
    before = there;
    began = clock.getAsLong();
    drawn = began;
    width = 0;
  }

  @Override
  public void advance(long bytes) {
    done += bytes;
    long now = clock.getAsLong();
    if (now - drawn >= REDRAW_NANOS) {
      drawn = now;
      draw(line(now));
    }
  }

  @Override
  public void end() {
    if (width > 0) {
      draw("");
      out.accept("\r");
    }
  }

  @Override
  public void say(String line) {
    out.accept(line + "\n");
  }

  private String line(long now) {
    double seconds = Math.max((now - began) / NANOS, 1e-3);
    double speed = (done - before) / seconds;
    StringBuilder line = new StringBuilder(what).append("  ").append(size(done));
    if (total > 0) {
      line.append(" of ").append(size(total)).append("  ").append(100 * done / total).append('%');
    }
    line.append("  ").append(size((long) speed)).append("/s");
    if (total > done && speed > 1) {
      line.append("  ").append(time((long) ((total - done) / speed))).append(" left");
    }
    return line.toString();
  }

  private void draw(String line) {
    int longer = Math.max(width - line.length(), 0);
    out.accept("\r" + line + " ".repeat(longer));
    width = line.length();
  }

  /** For instance {@code 12.3 MiB}. */
  public static String size(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }

  private static String time(long seconds) {
    return seconds < 60
        ? seconds + " s"
        : String.format(Locale.ROOT, "%d:%02d min", seconds / 60, seconds % 60);
  }
}
