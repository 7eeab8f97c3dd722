package dev.coffer.tools.text;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * POSIX extended regular expressions (regex(7)), by way of java.util.regex where the two differ.
 */
public final class PosixRegex {
  private PosixRegex() {}

  /** A test whether the expression is found in a text; empty where it is not an expression. */
  public static Optional<Predicate<String>> parse(String regex) {
    if (isLiteral(regex)) {
      return Optional.of(text -> text.contains(regex));
    }
    try {
      return Optional.of(Pattern.compile(translate(regex)).asPredicate());
    } catch (PatternSyntaxException e) {
      return Optional.empty();
    }
  }

  /** The usual filter is a piece of a name, for which nothing needs compiling. */
  private static boolean isLiteral(String regex) {
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (!Character.isLetterOrDigit(c) && c != '-' && c != '_') {
        return false;
      }
    }
    return true;
  }

  /**
   * Java gives letters behind a backslash, doubled quantifiers and {@code (?} a meaning of its own;
   * POSIX takes a backslash inside brackets as itself and knows classes such as {@code [:alpha:]}.
   */
  static String translate(String regex) {
    StringBuilder out = new StringBuilder(regex.length() + 8);
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c == '[') {
        i = bracket(regex, i, out);
      } else if (c == '\\' && i + 1 < regex.length()) {
        char next = regex.charAt(++i);
        out.append(Character.isLetterOrDigit(next) ? "" : "\\").append(next);
      } else if (isQuantifier(c) && i > 0 && isQuantifier(regex.charAt(i - 1))) {
        continue;
      } else if (c == '?' && i > 0 && regex.charAt(i - 1) == '(') {
        out.append("\\?");
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static boolean isQuantifier(char c) {
    return c == '*' || c == '+' || c == '?';
  }

  /**
   * Translates the bracket expression at {@code start}; returns the index of its last character.
   */
  private static int bracket(String regex, int start, StringBuilder out) {
    int i = start + 1;
    out.append('[');
    if (i < regex.length() && regex.charAt(i) == '^') {
      out.append('^');
      i++;
    }
    int first = i;
    while (i < regex.length() && (regex.charAt(i) != ']' || i == first)) {
      int end = regex.startsWith("[:", i) ? regex.indexOf(":]", i) : -1;
      if (end > 0) {
        out.append("\\p{").append(javaClass(regex.substring(i + 2, end))).append('}');
        i = end + 2;
        continue;
      }
      char c = regex.charAt(i++);
      out.append(c == '-' || Character.isLetterOrDigit(c) ? "" : "\\").append(c);
    }
    if (i < regex.length()) {
      out.append(']');
    }
    return i;
  }

  private static String javaClass(String posix) {
    return switch (posix) {
      case "alnum" -> "Alnum";
      case "alpha" -> "Alpha";
      case "blank" -> "Blank";
      case "cntrl" -> "Cntrl";
      case "digit" -> "Digit";
      case "graph" -> "Graph";
      case "lower" -> "Lower";
      case "print" -> "Print";
      case "punct" -> "Punct";
      case "space" -> "Space";
      case "upper" -> "Upper";
      case "xdigit" -> "XDigit";
      default -> posix;
    };
  }
}
