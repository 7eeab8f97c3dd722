package dev.coffer.linux;

import java.time.Duration;

/** A point in time to be done by, and how to pass the time until then. */
final class Deadline {
  private final long end;

  Deadline(Duration limit) {
    end = System.nanoTime() + limit.toNanos();
  }

  boolean isOver() {
    return System.nanoTime() - end >= 0;
  }

  /** At least 0. */
  long millisLeft() {
    return Math.max(0, (end - System.nanoTime()) / 1_000_000);
  }

  /**
   * Sleeps a little.
   *
   * @return false, at once, if the time is over or the thread was interrupted, which it stays
   */
  boolean pause(long millis) {
    if (isOver()) {
      return false;
    }
    try {
      Thread.sleep(Math.max(1, Math.min(millis, millisLeft())));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
