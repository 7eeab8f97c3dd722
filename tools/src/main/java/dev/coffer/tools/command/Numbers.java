package dev.coffer.tools.command;

import java.util.OptionalInt;
import java.util.OptionalLong;

/** Numbers in arguments, read as the C functions that LXC's tools use read them. */
final class Numbers {
  private Numbers() {}

  /** An unsigned number as strtoul(3) with base 0 takes it whole: decimal, 0x… or 0…. */
  static OptionalLong unsigned(String text) {
    String digits = text.strip();
    int radix = 10;
    if (digits.startsWith("0x") || digits.startsWith("0X")) {
      radix = 16;
      digits = digits.substring(2);
    } else if (digits.length() > 1 && digits.charAt(0) == '0') {
      radix = 8;
    }
    if (digits.isEmpty() || Character.digit(digits.charAt(0), radix) < 0) {
      return OptionalLong.empty();
    }
    try {
      long value = Long.parseLong(digits, radix);
      return value <= 0xffff_ffffL ? OptionalLong.of(value) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** A whole number, as strtol(3) takes it when nothing may follow. */
  static OptionalInt whole(String text) {
    try {
      return OptionalInt.of(Integer.decode(text.strip()));
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /** A number that is not below zero. */
  static int natural(String option, String text) {
    OptionalInt number = whole(text);
    if (number.isEmpty() || number.getAsInt() < 0) {
      throw new BadArgument(option + " " + text + ": not a number");
    }
    return number.getAsInt();
  }

  /** The number a text begins with, 0 where it begins with none, as atol(3) has it. */
  static long leading(String text) {
    int start = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    int end = start;
    while (end < text.length() && end - start < 18 && Character.digit(text.charAt(end), 10) >= 0) {
      end++;
    }
    return end == start ? 0 : Long.parseLong(text, text.startsWith("+") ? 1 : 0, end, 10);
  }

  /** A user or group id. */
  static long id(String option, String text) {
    return unsigned(text)
        .orElseThrow(() -> new BadArgument(option + " " + text + ": not a numeric id"));
  }
}
