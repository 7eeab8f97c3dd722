package dev.coffer.config;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whole numbers as strtoul(3) with base 0 reads them: decimal, 0x hexadecimal, 0 octal. */
final class Numbers {
  private static final Pattern FORM =
      Pattern.compile("([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))");

  /** The largest value of a C unsigned int. */
  static final long UINT_MAX = 0xffff_ffffL;

  private Numbers() {}

  /** A number from {@code min} to {@code max}, both inclusive. */
  static long parse(String text, long min, long max) throws BadValueException {
    BigInteger number = parse(text);
    if (number.compareTo(BigInteger.valueOf(min)) < 0
        || number.compareTo(BigInteger.valueOf(max)) > 0) {
      throw new BadValueException(
          "\"" + text + "\" is out of range", "give a number from " + min + " to " + max);
    }
    return number.longValueExact();
  }

  private static BigInteger parse(String text) throws BadValueException {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new BadValueException("\"" + text + "\" is not a number", "");
    }
    BigInteger size;
    if (matcher.group(2) != null) {
      size = new BigInteger(matcher.group(2), 16);
    } else if (matcher.group(3) != null) {
      size = new BigInteger(matcher.group(3), 8);
    } else {
      size = new BigInteger(matcher.group(4));
    }
    return matcher.group(1).equals("-") ? size.negate() : size;
  }
}
