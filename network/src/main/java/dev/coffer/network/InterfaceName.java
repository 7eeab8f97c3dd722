package dev.coffer.network;

import java.util.regex.Pattern;

/**
 * What may stand for an interface in rules, paths, arguments and what others send: no name that
 * means more to the kernel than itself ({@code %d}), to a file ({@code ..}), to a program ({@code
 * -x}) or to a line.
 */
final class InterfaceName {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}");

  private InterfaceName() {}

  static boolean isPlain(String name) {
    return PLAIN.matcher(name).matches();
  }

  /**
   * @throws IllegalArgumentException where it cannot be one
   */
  static String check(String name) {
    if (!isPlain(name)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is not the name of a bridge: letters, digits, _ . and -, at most 15");
    }
    return name;
  }
}
