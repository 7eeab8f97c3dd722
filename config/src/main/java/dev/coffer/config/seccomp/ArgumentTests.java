package dev.coffer.config.seccomp;

import dev.coffer.config.BadValueException;
import dev.coffer.model.SeccompPolicy.ArgumentTest;
import dev.coffer.model.SeccompPolicy.Operator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bracketed part of a rule: {@code [INDEX,VALUE,OPERATOR]} or {@code
 * [INDEX,VALUE,OPERATOR,MASK]}, six at most.
 */
final class ArgumentTests {
  // LXC lets the last bracket be missing
  private static final Pattern TEST = Pattern.compile("\\G[ \t]*\\[([^\\[\\]]*)(?:]|$)");

  private ArgumentTests() {}

  static List<ArgumentTest> parse(String text) throws BadValueException {
    List<ArgumentTest> tests = new ArrayList<>();
    Matcher matcher = TEST.matcher(text);
    int end = 0;
    while (matcher.find()) {
      ArgumentTest test = test(matcher.group(1));
      if (tests.stream().anyMatch(other -> other.argument() == test.argument())) {
        throw new BadValueException(
            "argument " + test.argument() + " is tested twice",
            "libseccomp takes one test of an argument");
      }
      tests.add(test);
      end = matcher.end();
    }
    if (!text.substring(end).isBlank()) {
      throw wrong("\"" + text.substring(end).strip() + "\" is no argument test");
    }
    return tests;
  }

  private static ArgumentTest test(String text) throws BadValueException {
    List<String> fields = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    if (fields.size() < 3 || fields.size() > 4) {
      throw wrong("Failed to interpret args value \"[" + text + "]\"");
    }
    if (!fields.getFirst().matches("[0-5]")) {
      throw wrong("an argument has an index from 0 to 5, not \"" + fields.getFirst() + "\"");
    }
    Operator operator =
        Operator.parse(fields.get(2))
            .orElseThrow(
                () -> wrong("Failed to interpret args operator value \"" + fields.get(2) + "\""));
    long value = number(fields.get(1));
    boolean masked = operator == Operator.MASKED_EQUAL;
    if (masked && fields.size() < 4) {
      throw wrong("\"" + fields.get(2) + "\" needs a mask");
    }
    long mask = masked ? number(fields.get(3)) : 0;
    return new ArgumentTest(Integer.parseInt(fields.getFirst()), operator, value, mask);
  }

  /** As strtoull(3) reads it: 0x for hexadecimal, 0 for octal. */
  private static long number(String text) throws BadValueException {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    try {
      if (text.startsWith("-") || text.startsWith("+") || text.startsWith("0x-")) {
        throw new NumberFormatException(text);
      }
      if (hex) {
        return Long.parseUnsignedLong(text.substring(2), 16);
      }
      boolean octal = text.length() > 1 && text.startsWith("0");
      return Long.parseUnsignedLong(text, octal ? 8 : 10);
    } catch (NumberFormatException e) {
      throw new BadValueException(
          "Invalid argument value \"" + text + "\"", "write a decimal, 0x… or 0… number");
    }
  }

  private static BadValueException wrong(String message) {
    return new BadValueException(
        message, "write [INDEX,VALUE,OPERATOR], with the operators != < <= == >= > or &=,MASK");
  }
}
