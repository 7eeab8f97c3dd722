package dev.coffer.config;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The value types that many keys share. */
final class Types {
  static final ValueType<String> PATH = ValueType.of("file", (text, reading) -> text, text -> text);
  static final ValueType<String> TEXT = ValueType.of("text", (text, reading) -> text, text -> text);
  static final ValueType<String> COMMAND =
      ValueType.of("command line", (text, reading) -> text, text -> text);

  static final ValueType<Boolean> FLAG =
      withWords(
          ValueType.of(
              "0 or 1",
              (text, reading) -> parseFlag(text, "\"" + text + "\" is neither 0 nor 1"),
              flag -> flag ? "1" : "0"),
          List.of("0", "1"));

  static final ValueType<Integer> SIGNAL =
      withWords(
          ValueType.of(
              "signal", (text, reading) -> SignalNames.parse(text), number -> number.toString()),
          SignalNames.names());

  /** Blank-separated words, each printed on its own line. */
  static final ValueType<List<String>> WORDS =
      ValueType.of("words", (text, reading) -> split(text), words -> String.join("\n", words));

  private Types() {}

  static ValueType<Long> number(long min, long max) {
    return ValueType.of(
        "number", (text, reading) -> Numbers.parse(text, min, max), number -> number.toString());
  }

  static ValueType<String> text(int longest) {
    return ValueType.of(
        "at most " + longest + " bytes",
        (text, reading) -> {
          int length = text.getBytes(StandardCharsets.UTF_8).length;
          if (length > longest) {
            throw new BadValueException(
                "value of " + length + " bytes is too long", "at most " + longest + " are allowed");
          }
          return text;
        },
        text -> text);
  }

  /** Exactly one of {@code words}; {@code keyword} begins the error text. */
  static ValueType<String> oneOf(String keyword, String... words) {
    List<String> allowed = List.of(words);
    return withWords(
        ValueType.of(
            String.join(", ", words),
            (text, reading) -> {
              if (!allowed.contains(text)) {
                throw unknownWord(keyword, text, allowed);
              }
              return text;
            },
            text -> text),
        allowed);
  }

  /** An error about {@code text} that offers the nearest of {@code words} or lists them all. */
  static BadValueException unknownWord(String keyword, String text, List<String> words) {
    String remedy =
        Nearest.of(text.toLowerCase(Locale.ROOT), words)
            .map(near -> "did you mean \"" + near + "\"?")
            .orElseGet(() -> words.size() > 16 ? "" : "one of " + String.join(", ", words));
    return new BadValueException(keyword + " \"" + text + "\"", remedy);
  }

  static boolean parseFlag(String text, String message) throws BadValueException {
    try {
      return Numbers.parse(text, 0, 1) == 1;
    } catch (BadValueException e) {
      throw new BadValueException(message, "");
    }
  }

  static List<String> split(String text) {
    return Arrays.stream(text.split("[ \t]+")).filter(word -> !word.isEmpty()).toList();
  }

  /** The same type with words for completion. */
  static <T> ValueType<T> withWords(ValueType<T> type, List<String> words) {
    return new ValueType<>() {
      @Override
      public T parse(String text, Reading reading) throws BadValueException {
        return type.parse(text, reading);
      }

      @Override
      public String describe(T value) {
        return type.describe(value);
      }

      @Override
      public String form() {
        return type.form();
      }

      @Override
      public List<String> words() {
        return words;
      }
    };
  }
}
