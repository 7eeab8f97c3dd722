package dev.coffer.config;

import dev.coffer.model.ClockOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Seconds, and nanoseconds that are not whole seconds by the way they were written. */
record TimeOffset(long seconds, long nanoseconds) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18})\\s*(h|m|s|ms|us|ns)");

  static TimeOffset parse(String text) throws BadValueException {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new BadValueException(
          "\"" + text + "\" is not a time", "write a number and one of h, m, s, ms, us, ns");
    }
    try {
      long number = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "h" -> new TimeOffset(Math.multiplyExact(number, 3600L), 0);
        case "m" -> new TimeOffset(Math.multiplyExact(number, 60L), 0);
        case "s" -> new TimeOffset(number, 0);
        case "ms" -> new TimeOffset(0, Math.multiplyExact(number, 1_000_000L));
        case "us" -> new TimeOffset(0, Math.multiplyExact(number, 1_000L));
        default -> new TimeOffset(0, number);
      };
    } catch (ArithmeticException e) {
      throw new BadValueException("\"" + text + "\" is too long", "");
    }
  }

  /** What {@link #describe} printed. */
  static TimeOffset reread(String text) {
    try {
      return parse(text.replace(" ", ""));
    } catch (BadValueException e) {
      throw new IllegalStateException(e);
    }
  }

  ClockOffset of(String clock) {
    return new ClockOffset(
        clock,
        seconds + Math.floorDiv(nanoseconds, 1_000_000_000L),
        Math.floorMod(nanoseconds, 1_000_000_000L));
  }

  /** As LXC prints it, with or without a blank before the unit. */
  String describe(String gap) {
    return nanoseconds == 0 && seconds != 0 ? seconds + gap + "s" : nanoseconds + gap + "ns";
  }
}
