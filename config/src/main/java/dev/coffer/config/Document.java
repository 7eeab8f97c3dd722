package dev.coffer.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The text of the main file, line by line and byte for byte, with the key each line is about.
 * Included files are not in it.
 */
final class Document {
  private final List<Line> lines = new ArrayList<>();
  private boolean endsWithNewline = true;

  /**
   * A line.
   *
   * @param text without the newline
   * @param name the full key in today's spelling; empty for comments and foreign lines
   */
  private record Line(String text, String name) {}

  /** A line as it stands in the file. */
  void add(String text, String name) {
    lines.add(new Line(text, name));
  }

  void endsWithNewline(boolean yes) {
    endsWithNewline = yes;
  }

  /** A line of our own at the end. */
  void append(String key, String value, String name) {
    lines.add(new Line(key + " = " + value, name));
    endsWithNewline = true;
  }

  void removeIf(Predicate<String> nameCondition) {
    lines.removeIf(line -> !line.name().isEmpty() && nameCondition.test(line.name()));
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      text.append(lines.get(i).text());
      if (i < lines.size() - 1 || endsWithNewline) {
        text.append('\n');
      }
    }
    return text.toString();
  }
}
