package dev.coffer.tools.doctor;

/**
 * What was found about one thing.
 *
 * @param thing its name
 * @param note what it means, and the remedy where one is needed; may be empty
 */
public record Finding(Level level, String thing, String note) {
  /** How good it is. */
  public enum Level {
    OK,
    /** There, but not as it should be; or missing, and something smaller cannot be done. */
    LIMITED,
    /** Not there, and containers cannot run properly without it. */
    MISSING
  }

  static Finding ok(String thing, String note) {
    return new Finding(Level.OK, thing, note);
  }

  static Finding limited(String thing, String note) {
    return new Finding(Level.LIMITED, thing, note);
  }

  static Finding missing(String thing, String note) {
    return new Finding(Level.MISSING, thing, note);
  }
}
