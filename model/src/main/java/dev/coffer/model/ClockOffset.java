package dev.coffer.model;

/**
 * How far a clock of a time namespace is from the host's, time_namespaces(7).
 *
 * @param clock {@code monotonic} or {@code boottime}
 * @param nanoseconds 0 to 999999999, also where seconds are below zero
 */
public record ClockOffset(String clock, long seconds, long nanoseconds) {
  public ClockOffset {
    if (nanoseconds < 0 || nanoseconds > 999_999_999) {
      throw new IllegalArgumentException(nanoseconds + " ns");
    }
  }

  /** A line of {@code /proc/PID/timens_offsets}. */
  public String describe() {
    return clock + " " + seconds + " " + nanoseconds;
  }
}
