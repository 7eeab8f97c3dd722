package dev.coffer;

import dev.coffer.linux.HostFiles;
import dev.coffer.linux.Inotify;
import dev.coffer.linux.KernelException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.IdMap;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.plan.SharedLimit;
import dev.coffer.plan.SharedLimits;
import dev.coffer.runtime.HostFactsReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Says before a start which of the kernel's shared limits the container would hit. It looks at a
 * few small files, and not again within some seconds, so that a start costs the same with it.
 */
final class LimitWatch {
  private static final Duration GOOD_FOR = Duration.ofSeconds(10);
  private static final Path INSTANCES = Path.of("/proc/sys/fs/inotify/max_user_instances");

  private final long uid = HostFactsReader.uid();
  private final Map<Long, List<Problem>> known = new HashMap<>();
  private long since;

  /** What a start of this container should warn of. */
  synchronized List<Problem> look(ContainerSpec spec) {
    long now = System.nanoTime();
    if (known.isEmpty() || now - since > GOOD_FOR.toNanos()) {
      known.clear();
      since = now;
    }
    return known.computeIfAbsent(root(spec), this::look);
  }

  /** The kernel counts keys by the host's id of whoever has them. */
  private long root(ContainerSpec spec) {
    return spec.privileges().idMaps().stream()
        .map(line -> line.value())
        .filter(map -> map.kind() == IdMap.Kind.USER && map.contains(0))
        .findFirst()
        .map(map -> map.toHost(0))
        .orElse(uid);
  }

  private List<Problem> look(long root) {
    List<SharedLimit> limits = new ArrayList<>();
    inotify().ifPresent(limits::add);
    limits.addAll(SharedLimits.read(LimitWatch::read, OptionalLong.of(root)));
    return limits.stream().filter(SharedLimit::isExhausted).map(LimitWatch::warning).toList();
  }

  private static Problem warning(SharedLimit limit) {
    return Problem.warning(
        Origin.option(limit.setting()),
        limit.describe() + ": the container may find none, then " + limit.consequence(),
        limit.remedy());
  }

  private Optional<SharedLimit> inotify() {
    int wanted = SharedLimits.inotifyInstancesEach();
    int available = Inotify.available(wanted);
    if (available == wanted) {
      return Optional.empty();
    }
    return read(INSTANCES.toString())
        .map(text -> Long.parseLong(text.strip()))
        .map(most -> SharedLimits.inotifyInstances("uid " + uid, most - available, most));
  }

  private static Optional<String> read(String path) {
    try {
      return HostFiles.readIfThere(Path.of(path));
    } catch (KernelException e) {
      return Optional.empty(); // what may not be looked at warns of nothing
    }
  }
}
