package dev.coffer.tools;

/** Where a tool's text goes: the caller's standard output or error, as UTF-8. */
public interface Output {
  void print(String text);

  default void println(String line) {
    print(line + "\n");
  }

  /**
   * Makes sure that everything printed so far is on its way before a program writes to the same
   * place.
   */
  void flush();
}
