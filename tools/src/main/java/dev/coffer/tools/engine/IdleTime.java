package dev.coffer.tools.engine;

import java.time.Duration;
import java.util.Optional;

/**
 * How long an engine stays without work.
 *
 * @param limit empty: for ever
 */
record IdleTime(Optional<Duration> limit) {
  static final String VARIABLE = "COFFER_IDLE";

  private static final Duration USUAL = Duration.ofMinutes(10);

  /** A number of seconds, or {@code never}; anything else means the usual time. */
  static IdleTime parse(String text) {
    if (text == null || text.isBlank()) {
      return new IdleTime(Optional.of(USUAL));
    }
    if (text.strip().equals("never")) {
      return new IdleTime(Optional.empty());
    }
    try {
      long seconds = Long.parseLong(text.strip());
      return new IdleTime(Optional.of(seconds < 0 ? USUAL : Duration.ofSeconds(seconds)));
    } catch (NumberFormatException e) {
      return new IdleTime(Optional.of(USUAL));
    }
  }

  /** Whether the end of each call has to be looked at. */
  boolean isShort() {
    return limit.filter(time -> time.compareTo(Duration.ofSeconds(1)) < 0).isPresent();
  }
}
