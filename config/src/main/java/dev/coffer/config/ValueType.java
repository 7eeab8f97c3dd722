package dev.coffer.config;

import java.util.List;

/**
 * How the text of a value becomes a checked value, and back.
 *
 * @param <T> the checked value
 */
public interface ValueType<T> {
  /** Reads one line's value, which is never empty. */
  T parse(String text, Reading reading) throws BadValueException;

  /** The value as {@code lxc-info -c} prints it. */
  default String describe(T value) {
    return String.valueOf(value);
  }

  /** What may be written, for manual pages: {@code 0 or 1}, {@code file}. */
  String form();

  /** The words a shell can complete; empty where the value is free. */
  default List<String> words() {
    return List.of();
  }

  /** A type from its two functions. */
  static <T> ValueType<T> of(String form, Parser<T> parser, Printer<T> printer) {
    return new ValueType<>() {
      @Override
      public T parse(String text, Reading reading) throws BadValueException {
        return parser.parse(text, reading);
      }

      @Override
      public String describe(T value) {
        return printer.print(value);
      }

      @Override
      public String form() {
        return form;
      }
    };
  }

  /** The reading half of a type. */
  @FunctionalInterface
  interface Parser<T> {
    T parse(String text, Reading reading) throws BadValueException;
  }

  /** The writing half of a type. */
  @FunctionalInterface
  interface Printer<T> {
    String print(T value);
  }
}
