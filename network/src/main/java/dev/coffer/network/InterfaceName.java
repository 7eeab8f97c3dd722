package dev.coffer.network;

import java.util.regex.Pattern;

/** What a bridge may be called, so that it can stand in rules, paths and arguments as it is. */
final class InterfaceName {
  private static final Pattern FITTING = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,14}");

  private InterfaceName() {}

  /**
   * @throws IllegalArgumentException where it cannot be one
   */
  static String check(String name) {
    if (!FITTING.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is not the name of a bridge: letters, digits, _ . and -, at most 15");
    }
    return name;
  }
}
