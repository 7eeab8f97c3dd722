package dev.coffer.model;

import java.util.Objects;

/**
 * Something wrong, or worth saying, about a configuration.
 *
 * @param remedy what to do about it; empty when the message says it
 */
public record Problem(Severity severity, Origin origin, String message, String remedy) {
  /** Whether the configuration can be used all the same. */
  public enum Severity {
    ERROR,
    WARNING,
    NOTE
  }

  public Problem {
    Objects.requireNonNull(severity);
    Objects.requireNonNull(origin);
    Objects.requireNonNull(message);
    Objects.requireNonNull(remedy);
  }

  public static Problem error(Origin origin, String message, String remedy) {
    return new Problem(Severity.ERROR, origin, message, remedy);
  }

  public static Problem warning(Origin origin, String message, String remedy) {
    return new Problem(Severity.WARNING, origin, message, remedy);
  }

  public static Problem note(Origin origin, String message) {
    return new Problem(Severity.NOTE, origin, message, "");
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /** {@code FILE:LINE KEY: message (remedy)} on one line. */
  public String describe() {
    String text = origin.describe() + ": " + message;
    return remedy.isEmpty() ? text : text + " (" + remedy + ")";
  }
}
