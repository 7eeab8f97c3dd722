package dev.coffer.plan;

import dev.coffer.model.Cgroups;
import dev.coffer.model.CofferException;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.HostStep.DeviceRule;
import java.util.List;

/** Reads rules as the v1 devices controller writes them: {@code c 1:3 rwm}, {@code a}. */
final class DeviceRules {
  private DeviceRules() {}

  static DeviceRule parse(Sourced<Cgroups.Value> value, boolean allow) {
    String[] words = value.value().value().strip().split("\\s+");
    if (words[0].equals("a")) {
      return new DeviceRule('a', -1, -1, "rwm", allow);
    }
    String[] numbers = words.length > 1 ? words[1].split(":", -1) : new String[0];
    if (words[0].length() != 1 || "bc".indexOf(words[0].charAt(0)) < 0 || numbers.length != 2) {
      throw invalid(value);
    }
    String access = words.length > 2 ? words[2] : "rwm";
    if (access.isEmpty() || !access.chars().allMatch(letter -> "rwm".indexOf(letter) >= 0)) {
      throw invalid(value);
    }
    return new DeviceRule(
        words[0].charAt(0), number(numbers[0], value), number(numbers[1], value), access, allow);
  }

  /** The form that the v1 devices controller reads. */
  static String describe(DeviceRule rule) {
    return rule.type()
        + " "
        + (rule.major() < 0 ? "*" : rule.major())
        + ":"
        + (rule.minor() < 0 ? "*" : rule.minor())
        + " "
        + rule.access();
  }

  private static int number(String text, Sourced<Cgroups.Value> value) {
    if (text.equals("*")) {
      return -1;
    }
    try {
      return Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      throw invalid(value);
    }
  }

  private static CofferException invalid(Sourced<Cgroups.Value> value) {
    return new CofferException(
        "Invalid device rule \"" + value.value().value() + "\"",
        List.of("from  " + value.origin().describe(), "hint  write it as \"c 1:3 rwm\" or \"a\""));
  }
}
