package dev.coffer.tools;

import java.nio.charset.StandardCharsets;

/** Where a tool's text goes: the caller's standard output or error, as UTF-8. */
public interface Output {
  void print(String text);

  /** Bytes as they are, after all text before them. */
  default void print(byte[] bytes) {
    print(new String(bytes, StandardCharsets.UTF_8));
  }

  /** Whether nobody can read any more what is printed now. */
  default boolean isAbandoned() {
    return false;
  }

  default void println(String line) {
    print(line + "\n");
  }

  /**
   * Makes sure that everything printed so far is on its way before a program writes to the same
   * place.
   */
  void flush();
}
