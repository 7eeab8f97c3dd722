package dev.coffer;

import dev.coffer.linux.CgroupFigures;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.LinkTraffic;
import dev.coffer.plan.CgroupPlacement;
import dev.coffer.plan.CgroupPlacement.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads what the kernel accounts of one running container: each figure where it is counted. */
record Metering(CgroupPlacement placement, int initPid) {
  private static final long TICK_NANOS = 10_000_000; // USER_HZ is 100 on all machines
  private static final long MICRO_NANOS = 1000;
  private static final OptionalLong NONE = OptionalLong.empty();
  private static final Metrics.Memory NO_MEMORY =
      new Metrics.Memory(NONE, NONE, NONE, NONE, NONE, NONE, NONE);
  private static final Metrics.Io NO_IO = new Metrics.Io(NONE, NONE, NONE, NONE);

  Metrics read() {
    return new Metrics(
        cpu(),
        placement.place("memory").map(Metering::memory).orElse(NO_MEMORY),
        placement.place("blkio").or(() -> placement.place("io")).map(Metering::io).orElse(NO_IO),
        placement.place("pids").map(Metering::tasks).orElse(new Metrics.Tasks(NONE, NONE)),
        placement.place("").map(Metering::pressure).orElse(Map.of()),
        links());
  }

  /** Every v2 cgroup counts time, whether its controller is enabled or not. */
  private Metrics.Cpu cpu() {
    Optional<Place> quota = placement.place("cpu");
    boolean nanos = quota.isPresent() && !quota.get().tree().unified();
    OptionalLong throttled = keyed(quota, "cpu.stat", nanos ? "throttled_time" : "throttled_usec");
    OptionalLong waited = nanos ? throttled : times(throttled, MICRO_NANOS);
    OptionalLong periods = keyed(quota, "cpu.stat", "nr_throttled");
    Optional<Place> legacy = placement.place("cpuacct");
    if (legacy.isPresent()) {
      return new Metrics.Cpu(
          number(legacy.get(), "cpuacct.usage"),
          times(keyed(legacy, "cpuacct.stat", "user"), TICK_NANOS),
          times(keyed(legacy, "cpuacct.stat", "system"), TICK_NANOS),
          waited,
          periods);
    }
    Optional<Place> core = placement.place("");
    return new Metrics.Cpu(
        times(keyed(core, "cpu.stat", "usage_usec"), MICRO_NANOS),
        times(keyed(core, "cpu.stat", "user_usec"), MICRO_NANOS),
        times(keyed(core, "cpu.stat", "system_usec"), MICRO_NANOS),
        waited,
        periods);
  }

  private static Metrics.Memory memory(Place place) {
    Optional<Place> at = Optional.of(place);
    if (place.tree().unified()) {
      return new Metrics.Memory(
          number(place, "memory.current"),
          number(place, "memory.max"),
          number(place, "memory.peak"),
          number(place, "memory.swap.current"),
          number(place, "memory.swap.max"),
          keyed(at, "memory.stat", "kernel"),
          keyed(at, "memory.events", "oom_kill"));
    }
    OptionalLong limit = limited(number(place, "memory.limit_in_bytes"));
    OptionalLong both = limited(number(place, "memory.memsw.limit_in_bytes"));
    boolean limitsSwap = limit.isPresent() && both.isPresent();
    return new Metrics.Memory(
        number(place, "memory.usage_in_bytes"),
        limit,
        number(place, "memory.max_usage_in_bytes"),
        keyed(at, "memory.stat", "swap"),
        limitsSwap ? OptionalLong.of(both.getAsLong() - limit.getAsLong()) : NONE,
        number(place, "memory.kmem.usage_in_bytes"),
        keyed(at, "memory.oom_control", "oom_kill"));
  }

  private static Metrics.Io io(Place place) {
    Path at = Path.of(place.limitDirectory());
    if (place.tree().unified()) {
      return new Metrics.Io(
          CgroupFigures.summed(at, "io.stat", "rbytes"),
          CgroupFigures.summed(at, "io.stat", "wbytes"),
          CgroupFigures.summed(at, "io.stat", "rios"),
          CgroupFigures.summed(at, "io.stat", "wios"));
    }
    return new Metrics.Io(
        CgroupFigures.summed(at, "blkio.throttle.io_service_bytes", "Read"),
        CgroupFigures.summed(at, "blkio.throttle.io_service_bytes", "Write"),
        CgroupFigures.summed(at, "blkio.throttle.io_serviced", "Read"),
        CgroupFigures.summed(at, "blkio.throttle.io_serviced", "Write"));
  }

  private static Metrics.Tasks tasks(Place place) {
    return new Metrics.Tasks(number(place, "pids.current"), number(place, "pids.max"));
  }

  private static Map<String, Metrics.Pressure> pressure(Place place) {
    Path at = Path.of(place.limitDirectory());
    Map<String, Metrics.Pressure> found = new LinkedHashMap<>();
    for (String resource : List.of("cpu", "memory", "io")) {
      String file = resource + ".pressure";
      OptionalLong some = CgroupFigures.waited(at, file, "some");
      if (some.isPresent()) {
        long full = CgroupFigures.waited(at, file, "full").orElse(0);
        found.put(
            resource, new Metrics.Pressure(some.getAsLong() * MICRO_NANOS, full * MICRO_NANOS));
      }
    }
    return found;
  }

  private List<Metrics.Link> links() {
    Path process = Path.of("/proc", Integer.toString(initPid));
    try {
      Path mine = Path.of("/proc/self/ns/net");
      if (Files.readSymbolicLink(process.resolve("ns/net")).equals(Files.readSymbolicLink(mine))) {
        return List.of();
      }
    } catch (IOException _) {
      // it has just ended, or may not be looked at
      return List.of();
    }
    return HostFiles.readIfThere(process.resolve("net/dev")).stream()
        .flatMap(dev -> LinkTraffic.parse(dev).stream())
        .filter(link -> !link.name().equals("lo"))
        .map(link -> new Metrics.Link(link.name(), of(link.received()), of(link.sent())))
        .toList();
  }

  private static Metrics.Traffic of(LinkTraffic.Direction traffic) {
    return new Metrics.Traffic(
        traffic.bytes(), traffic.packets(), traffic.errors(), traffic.dropped());
  }

  private static OptionalLong number(Place place, String file) {
    return CgroupFigures.number(Path.of(place.limitDirectory()), file);
  }

  private static OptionalLong keyed(Optional<Place> place, String file, String key) {
    return place.isPresent()
        ? CgroupFigures.keyed(Path.of(place.get().limitDirectory()), file, key)
        : NONE;
  }

  private static OptionalLong times(OptionalLong number, long factor) {
    return number.isPresent() ? OptionalLong.of(number.getAsLong() * factor) : NONE;
  }

  /** v1 says "no limit" as the greatest multiple of a page. */
  private static OptionalLong limited(OptionalLong limit) {
    return limit.isPresent() && limit.getAsLong() > Long.MAX_VALUE / 2 ? NONE : limit;
  }
}
