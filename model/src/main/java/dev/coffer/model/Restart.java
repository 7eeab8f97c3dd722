package dev.coffer.model;

/**
 * Whether a container begins another life by itself when its first process has ended.
 *
 * @param limit how often in a row, without a life of some length between; 0 for any number
 */
public record Restart(When when, int limit) {
  /** After which ends. One that was asked for, by a tool or by a halt inside, is never one. */
  public enum When {
    NEVER("no"),
    ON_FAILURE("on-failure"),
    ALWAYS("always");

    private final String word;

    When(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  public static final int DEFAULT_LIMIT = 10;
  public static final Restart NEVER = new Restart(When.NEVER, DEFAULT_LIMIT);
}
