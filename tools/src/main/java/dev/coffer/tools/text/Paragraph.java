package dev.coffer.tools.text;

/** Breaks text into lines between words. */
public final class Paragraph {
  private Paragraph() {}

  /**
   * Appends {@code text}, the first line where {@code out} stands, all further ones behind {@code
   * indent} spaces, none longer than {@code width} unless a single word is. Ends with a newline.
   */
  public static void append(StringBuilder out, String text, int column, int indent, int width) {
    int at = column;
    int start = 0;
    boolean first = true;
    while (start < text.length()) {
      int end = text.indexOf(' ', start);
      end = end < 0 ? text.length() : end;
      int length = end - start;
      if (!first && at + 1 + length > width) {
        out.append('\n').repeat(' ', indent);
        at = indent;
      } else if (!first) {
        out.append(' ');
        at++;
      }
      out.append(text, start, end);
      at += length;
      first = false;
      start = end + 1;
    }
    out.append('\n');
  }
}
