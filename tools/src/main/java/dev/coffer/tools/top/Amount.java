package dev.coffer.tools.top;

import java.util.Locale;

/** Quantities in at most six characters. */
final class Amount {
  private static final String UNITS = "BKMGTPE";
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int KIBI = 1024;

  private Amount() {}

  /** {@code 644K}, {@code 1.5G}: in powers of 1024. */
  static String bytes(double bytes) {
    double amount = bytes;
    int unit = 0;
    while (amount >= 1000 && unit < UNITS.length() - 1) {
      amount /= KIBI;
      unit++;
    }
    String number =
        unit == 0 || amount >= 99.95
            ? Long.toString(Math.round(amount))
            : String.format(Locale.ROOT, "%.1f", amount);
    return number + UNITS.charAt(unit);
  }

  /** {@code 12.3%} of one processor. */
  static String share(double share) {
    return String.format(Locale.ROOT, share < 10 ? "%.1f%%" : "%.0f%%", share * 100);
  }

  /** {@code 3.25s}, {@code 12:03}, {@code 5h12m}, {@code 3d04h}. */
  static String time(long nanos) {
    long seconds = (long) (nanos / NANOS_PER_SECOND);
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.2fs", nanos / NANOS_PER_SECOND);
    }
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }
    if (seconds < 86_400) {
      return String.format(Locale.ROOT, "%dh%02dm", seconds / 3600, seconds / 60 % 60);
    }
    return String.format(Locale.ROOT, "%dd%02dh", seconds / 86_400, seconds / 3600 % 24);
  }
}
