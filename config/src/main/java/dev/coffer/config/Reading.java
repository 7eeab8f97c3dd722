package dev.coffer.config;

import java.util.Optional;

/** What a value parser may ask and say besides its result. */
public interface Reading {
  /** A variable of the caller's environment, for values that import it. */
  Optional<String> variable(String name);

  /** Reports a value that is accepted but surely not what was meant. */
  void warn(String message, String remedy);
}
