package dev.coffer.linux;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who may do what with which device files, as devices.allow and devices.deny of cgroup v1 put it.
 *
 * @param type {@code a} for all, {@code b} or {@code c}
 * @param major -1 for all
 * @param minor -1 for all
 * @param access letters of {@code rwm}
 * @param allow whether it is granted or taken away
 */
public record DeviceRule(char type, int major, int minor, String access, boolean allow) {
  private static final Pattern SYNTAX =
      Pattern.compile("(?:(a)|([abc])\\s+(\\d{1,9}|\\*):(\\d{1,9}|\\*)\\s+([rwm]{1,3}))\\s*");

  public DeviceRule {
    if ("abc".indexOf(type) < 0 || major < -1 || minor < -1 || !access.matches("[rwm]+")) {
      throw new IllegalArgumentException(
          "not a device rule: " + type + " " + major + ":" + minor + " " + access);
    }
    if (type == 'a') { // cgroup v1 does not read on behind this letter
      major = -1;
      minor = -1;
      access = "rwm";
    }
  }

  /** Reads {@code c 1:3 rwm}, {@code b *:* m} or {@code a}. */
  public static Optional<DeviceRule> parse(String text, boolean allow) {
    Matcher matcher = SYNTAX.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    if (matcher.group(1) != null) {
      return Optional.of(new DeviceRule('a', -1, -1, "rwm", allow));
    }
    return Optional.of(
        new DeviceRule(
            matcher.group(2).charAt(0),
            number(matcher.group(3)),
            number(matcher.group(4)),
            matcher.group(5),
            allow));
  }

  /** As it is written, without whether it is granted. */
  public String describe() {
    return type == 'a' ? "a" : type + " " + describe(major) + ":" + describe(minor) + " " + access;
  }

  public DeviceRule withAllow(boolean granted) {
    return new DeviceRule(type, major, minor, access, granted);
  }

  /** Whether it concerns all devices: such a rule starts the list over. */
  public boolean isForAll() {
    return type == 'a';
  }

  private static String describe(int number) {
    return number < 0 ? "*" : String.valueOf(number);
  }

  private static int number(String text) {
    return text.equals("*") ? -1 : Integer.parseInt(text);
  }
}
