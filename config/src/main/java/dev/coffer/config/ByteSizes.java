package dev.coffer.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes with an optional KB, MB or GB, which count in powers of 1024. */
public final class ByteSizes {
  private static final Pattern FORM = Pattern.compile("(\\S+?)\\s*([kK][bB]|[mM][bB]|[gG][bB])?");

  private ByteSizes() {}

  /** Bytes, at least 0. */
  public static long parse(String text) throws BadValueException {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new BadValueException("\"" + text + "\" is not a size", "write for instance 64KB");
    }
    String unit = matcher.group(2) == null ? "" : matcher.group(2);
    int shift =
        switch (unit.toLowerCase(Locale.ROOT)) {
          case "kb" -> 10;
          case "mb" -> 20;
          case "gb" -> 30;
          default -> 0;
        };
    try {
      return Numbers.parse(matcher.group(1), 0, Long.MAX_VALUE >> shift) << shift;
    } catch (BadValueException e) {
      throw new BadValueException(
          "\"" + text + "\" is not a size", "write bytes, or a number with KB, MB or GB");
    }
  }
}
