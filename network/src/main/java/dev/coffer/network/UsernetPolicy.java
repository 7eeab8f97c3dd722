package dev.coffer.network;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who may have how many interfaces on which bridge, lxc-usernet(5): lines {@code USER TYPE BRIDGE
 * COUNT} or {@code @GROUP TYPE BRIDGE COUNT}. What a group may have its members share. Lines that
 * are none give nothing.
 */
final class UsernetPolicy {
  private static final int FIELDS = 4;
  private static final String COUNT = "\\d{1,9}";

  private final String text;

  private UsernetPolicy(String text) {
    this.text = text;
  }

  static UsernetPolicy parse(String text) {
    return new UsernetPolicy(text);
  }

  /**
   * What a user may have of a type on a bridge, by whose name it is counted: {@code USER} or
   * {@code @GROUP}, in the order of the lines. Several lines for one name add up.
   */
  Map<String, Integer> allowed(String user, Set<String> groups, String type, String bridge) {
    Map<String, Integer> allowed = new LinkedHashMap<>();
    for (String line : text.split("\n")) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length < FIELDS
          || fields[0].startsWith("#")
          || !fields[1].equals(type)
          || !fields[2].equals(bridge)
          || !fields[3].matches(COUNT)) {
        continue;
      }
      boolean isGroup = fields[0].startsWith("@");
      if (isGroup ? groups.contains(fields[0].substring(1)) : fields[0].equals(user)) {
        allowed.merge(fields[0], Integer.parseInt(fields[3]), UsernetPolicy::sum);
      }
    }
    return allowed;
  }

  private static int sum(int one, int other) {
    return (int) Math.min((long) one + other, Integer.MAX_VALUE);
  }
}
