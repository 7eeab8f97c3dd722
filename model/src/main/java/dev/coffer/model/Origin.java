package dev.coffer.model;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a value came from, so that an error can name the place to change.
 *
 * @param source a file, a command line option, or {@code built-in default}
 * @param line line in that file, from 1; 0 where the source has no lines
 * @param key the key as it is written there; empty where the source itself says it all
 */
public record Origin(String source, int line, String key) {
  private static final String BUILT_IN = "built-in default";

  public Origin {
    Objects.requireNonNull(source);
    Objects.requireNonNull(key);
    if (line < 0) {
      throw new IllegalArgumentException("line " + line);
    }
  }

  /** A line of a file; lines count from 1. */
  public static Origin of(Path file, int line, String key) {
    return new Origin(file.toString(), line, key);
  }

  /** A command line option as the user typed it, such as {@code -s lxc.uts.name=a}. */
  public static Origin option(String option) {
    return new Origin(option, 0, "");
  }

  /**
   * A value nobody asked for; {@code what} names it, for instance by the key that would change it.
   */
  public static Origin builtIn(String what) {
    return new Origin(BUILT_IN, 0, what);
  }

  public boolean isBuiltIn() {
    return source.equals(BUILT_IN);
  }

  /** {@code FILE:LINE KEY}, the form that error messages show. */
  public String describe() {
    String place = line > 0 ? source + ":" + line : source;
    return key.isEmpty() ? place : place + "  " + key;
  }
}
