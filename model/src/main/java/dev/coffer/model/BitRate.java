package dev.coffer.model;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many bits of packets pass in a second.
 *
 * @param bits at least 8, below 2^63
 */
public record BitRate(long bits) {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,18})(bit|kbit|Mbit|Gbit|Tbit|Kibit|Mibit|Gibit|Tibit)?");
  private static final Map<String, Long> UNITS =
      Map.of(
          "bit", 1L,
          "kbit", 1_000L,
          "Mbit", 1_000_000L,
          "Gbit", 1_000_000_000L,
          "Tbit", 1_000_000_000_000L,
          "Kibit", 1L << 10,
          "Mibit", 1L << 20,
          "Gibit", 1L << 30,
          "Tibit", 1L << 40);

  public BitRate {
    if (bits < Byte.SIZE) {
      throw new IllegalArgumentException("less than a byte a second");
    }
  }

  /**
   * A number of bits, or one with a unit as LXD has them: {@code 10Mbit}, {@code 512kbit}, {@code
   * 1Gibit}.
   */
  public static Optional<BitRate> parse(String text) {
    Matcher words = FORM.matcher(text);
    if (!words.matches()) {
      return Optional.empty();
    }
    long unit = words.group(2) == null ? 1 : UNITS.get(words.group(2));
    BigInteger bits = new BigInteger(words.group(1)).multiply(BigInteger.valueOf(unit));
    return bits.bitLength() < Long.SIZE && bits.longValueExact() >= Byte.SIZE
        ? Optional.of(new BitRate(bits.longValueExact()))
        : Optional.empty();
  }

  public long bytes() {
    return bits / Byte.SIZE;
  }

  /** In the largest unit that leaves a whole number. */
  public String describe() {
    for (String unit : new String[] {"Tbit", "Gbit", "Mbit", "kbit"}) {
      if (bits % UNITS.get(unit) == 0) {
        return bits / UNITS.get(unit) + unit;
      }
    }
    return bits + "bit";
  }
}
