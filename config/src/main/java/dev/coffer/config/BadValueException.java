package dev.coffer.config;

/** A value that cannot be read; the reader turns it into a problem with file and line. */
public final class BadValueException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  /**
   * @param message what is wrong, a sentence without full stop
   * @param remedy what would be right; empty when the message says it
   */
  public BadValueException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  public String remedy() {
    return remedy;
  }
}
