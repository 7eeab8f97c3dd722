package dev.coffer.tools.doctor;

import dev.coffer.plan.SharedLimit;
import dev.coffer.plan.SharedLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What the kernel has a fixed number of, so that one container can use it up for all. */
final class LimitChecks {
  private LimitChecks() {}

  static List<Finding> examine(Machine machine) {
    List<SharedLimit> limits = new ArrayList<>(machine.searchedLimits());
    limits.addAll(SharedLimits.read(machine::read, OptionalLong.empty()));
    return limits.stream().map(LimitChecks::judge).toList();
  }

  private static Finding judge(SharedLimit limit) {
    String use =
        limit.describe()
            + limit
                .fits()
                .map(count -> ", room for " + count(count) + " more system containers")
                .orElse("");
    return limit.isAmple()
        ? Finding.ok(limit.setting(), use)
        : Finding.limited(
            limit.setting(),
            use + "; without any " + limit.consequence() + "; remedy: " + limit.remedy());
  }

  /** Beyond that it is another limit that counts. */
  private static String count(long containers) {
    return containers > 9999 ? "thousands of" : "about " + containers;
  }
}
