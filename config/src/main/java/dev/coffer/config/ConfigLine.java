package dev.coffer.config;

import java.util.Optional;

/**
 * One line of an lxc.conf.
 *
 * @param key as written
 * @param value without blanks around it and without quotes that wrap all of it; absent where the
 *     line has no equals sign
 */
record ConfigLine(String key, Optional<String> value) {
  /** The blanks of C's isspace(3). */
  private static final String BLANKS = " \t\u000b\f\r\n";

  /** Reads a line; comments and blank lines have an empty key. */
  static ConfigLine parse(String line) {
    String trimmed = trim(line);
    if (trimmed.startsWith("#")) {
      return new ConfigLine("", Optional.empty());
    }
    int equals = trimmed.indexOf('=');
    if (equals < 0) {
      return new ConfigLine(trimmed, Optional.empty());
    }
    String value = unquoted(trim(trimmed.substring(equals + 1)));
    return new ConfigLine(trim(trimmed.substring(0, equals)), Optional.of(value));
  }

  static String trim(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && BLANKS.indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (to > from && BLANKS.indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  private static String unquoted(String value) {
    if (value.length() > 1) {
      char first = value.charAt(0);
      if ((first == '"' || first == '\'') && value.charAt(value.length() - 1) == first) {
        return value.substring(1, value.length() - 1);
      }
    }
    return value;
  }
}
