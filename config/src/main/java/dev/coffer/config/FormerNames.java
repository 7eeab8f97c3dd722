package dev.coffer.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of keys in LXC 1 and 2. */
final class FormerNames {
  static final String NETWORK = "lxc.network";

  /** Type of the root's storage, joined with lxc.rootfs into lxc.rootfs.path. */
  static final String BACKEND = "lxc.rootfs.backend";

  /** Keys without a successor, which do nothing. */
  static final Set<String> GONE = Set.of("lxc.pivotdir", "lxc.kmsg");

  private static final String LIMIT = "lxc.limit.";
  private static final Pattern NUMBERED = Pattern.compile("lxc\\.network\\.([0-9]{1,9})\\.(.+)");
  private static final Map<String, String> TODAY = new HashMap<>();

  static {
    for (KeyRow row : LxcKeys.table()) {
      row.formerNames().forEach(former -> TODAY.put(former, row.name()));
    }
  }

  private FormerNames() {}

  /**
   * Today's full key for a former name.
   *
   * @param nic the interface that lxc.network.* without a number means
   */
  static Optional<String> today(String name, int nic) {
    if (name.startsWith(LIMIT) && name.length() > LIMIT.length()) {
      return Optional.of("lxc.prlimit." + name.substring(LIMIT.length()));
    }
    Matcher numbered = NUMBERED.matcher(name);
    if (numbered.matches()) {
      return Optional.ofNullable(TODAY.get(NETWORK + "." + numbered.group(2)))
          .map(row -> row.replace("N.", numbered.group(1) + "."));
    }
    return Optional.ofNullable(TODAY.get(name)).map(row -> row.replace(".N.", "." + nic + "."));
  }
}
