package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.List;

/** How a command ended and what it printed. */
public record Outcome(List<String> argv, int exit, String out, String err, Duration took) {

  /** Fails the test unless the command ended with 0. */
  public Outcome ok() {
    return exits(0);
  }

  /** Fails the test unless the command ended with this code. */
  public Outcome exits(int code) {
    if (exit != code) {
      fail("exit code " + exit + " instead of " + code + " of " + this);
    }
    return this;
  }

  /** Fails the test unless standard output is exactly this. */
  public Outcome prints(String expected) {
    assertEquals(expected, out, () -> "output of " + this);
    return this;
  }

  /** Fails the test unless standard error is exactly this. */
  public Outcome complains(String expected) {
    assertEquals(expected, err, () -> "errors of " + this);
    return this;
  }

  /** Standard output without white space at either end. */
  public String text() {
    return out.strip();
  }

  public List<String> lines() {
    return out.lines().toList();
  }

  @Override
  public String toString() {
    return String.join(" ", argv)
        + " ("
        + took.toMillis()
        + " ms)\n"
        + section("stdout", out)
        + section("stderr", err);
  }

  private static String section(String title, String text) {
    return text.isEmpty() ? "" : title + ":\n" + text.indent(2);
  }
}
