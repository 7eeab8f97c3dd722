package dev.coffer.tools.text;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Writes JSON (RFC 8259) as it goes, indented by two spaces or on one line. Keeps no tree. */
public final class Json {
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder out = new StringBuilder(512);
  private final boolean indented;
  private int depth;
  private boolean empty = true;
  private boolean afterName;

  public Json() {
    this(true);
  }

  private Json(boolean indented) {
    this.indented = indented;
  }

  /** One that puts everything on one line. */
  public static Json line() {
    return new Json(false);
  }

  public Json object() {
    return open('{');
  }

  public Json endObject() {
    return close('}');
  }

  public Json array() {
    return open('[');
  }

  public Json endArray() {
    return close(']');
  }

  /** The name of a member; its value is what is written next. */
  public Json name(String name) {
    separate();
    quote(name);
    out.append(": ");
    afterName = true;
    return this;
  }

  public Json member(String name, String value) {
    return name(name).value(value);
  }

  public Json member(String name, long value) {
    return name(name).raw(Long.toString(value));
  }

  public Json member(String name, boolean value) {
    return name(name).raw(Boolean.toString(value));
  }

  /** A number, or null where it is empty. */
  public Json member(String name, OptionalLong value) {
    return name(name).raw(value.isPresent() ? Long.toString(value.getAsLong()) : "null");
  }

  /** A number, or null where it is empty. */
  public Json member(String name, OptionalInt value) {
    return name(name).raw(value.isPresent() ? Integer.toString(value.getAsInt()) : "null");
  }

  /** A string, or null where it is empty. */
  public Json member(String name, Optional<String> value) {
    return value.isPresent() ? member(name, value.get()) : name(name).raw("null");
  }

  public Json member(String name, Iterable<String> values) {
    name(name).array();
    for (String value : values) {
      value(value);
    }
    return endArray();
  }

  public Json value(String value) {
    separate();
    quote(value);
    return this;
  }

  /** The whole text with a newline at its end. */
  public String text() {
    return out.toString() + "\n";
  }

  private Json raw(String value) {
    separate();
    out.append(value);
    return this;
  }

  private Json open(char bracket) {
    separate();
    out.append(bracket);
    depth++;
    empty = true;
    return this;
  }

  private Json close(char bracket) {
    depth--;
    if (!empty) {
      newLine();
    }
    out.append(bracket);
    empty = false;
    return this;
  }

  private void separate() {
    if (afterName) {
      afterName = false;
      return;
    }
    if (!empty) {
      out.append(indented ? "," : ", ");
    }
    if (depth > 0) {
      newLine();
    }
    empty = false;
  }

  private void newLine() {
    if (indented) {
      out.append('\n').repeat(' ', 2 * depth);
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
