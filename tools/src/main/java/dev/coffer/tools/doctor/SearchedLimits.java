package dev.coffer.tools.doctor;

import dev.coffer.linux.KernelShares;
import dev.coffer.linux.KernelShares.Inotifies;
import dev.coffer.plan.SharedLimit;
import dev.coffer.plan.SharedLimits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shared limits of the kernel that no single file tells: inotify, namespaces, mounts. */
final class SearchedLimits {
  private static final Inotifies NONE = new Inotifies(0, 0);

  private SearchedLimits() {}

  static List<SharedLimit> read(Machine machine) {
    KernelShares shares = KernelShares.read();
    List<SharedLimit> limits = new ArrayList<>();
    Map.Entry<Long, Inotifies> most =
        shares.inotifies().entrySet().stream()
            .max(Comparator.comparingLong(user -> user.getValue().instances()))
            .orElse(Map.entry(0L, NONE));
    String whose = "uid " + most.getKey();
    number(machine, "fs/inotify/max_user_instances")
        .ifPresent(limit ->
            limits.add(SharedLimits.inotifyInstances(whose, most.getValue().instances(), limit)));
    number(machine, "fs/inotify/max_user_watches")
        .ifPresent(limit ->
            limits.add(SharedLimits.inotifyWatches(whose, most.getValue().watches(), limit)));
    namespaces(machine, shares).ifPresent(limits::add);
    number(machine, "fs/mount-max")
        .ifPresent(limit ->
            limits.add(
                SharedLimits.mounts(
                    machine.read("/proc/self/mountinfo").orElse("").lines().count(), limit)));
    return limits;
  }

  /** Of the kind that is nearest to its limit. */
  private static Optional<SharedLimit> namespaces(Machine machine, KernelShares shares) {
    return KernelShares.KINDS.stream()
        .flatMap(kind ->
            number(machine, "user/max_" + kind + "_namespaces").stream()
                .map(limit -> SharedLimits.namespaces(kind, shares.namespaces(kind), limit)))
        .min(Comparator.comparingLong(SharedLimit::left));
  }

  private static Optional<Long> number(Machine machine, String setting) {
    return machine.read("/proc/sys/" + setting).map(String::strip).map(Long::parseLong);
  }
}
