package dev.coffer.tools.command;

/** An argument whose value cannot be used; ends the tool with exit code 1. */
public final class BadArgument extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong with which argument, for instance {@code -u x: not a user id}
   */
  public BadArgument(String message) {
    super(message, null, false, false);
  }
}
