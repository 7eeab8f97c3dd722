package dev.coffer.runtime;

import dev.coffer.linux.CgroupFigures;
import dev.coffer.linux.Processes;
import dev.coffer.linux.SystemFigures;
import dev.coffer.model.ClockOffset;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Sourced;
import dev.coffer.plan.CgroupPlacement;
import dev.coffer.plan.CgroupPlacement.Place;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a container is told of the machine: its own memory and processes. Its uptime is the time
 * since its init began, or what its boot clock says where that was set.
 */
record ContainerFigures(ContainerSpec spec, CgroupPlacement placement, int initPid) {
  private static final long TICKS_PER_SECOND = 100; // of /proc, on all machines

  SystemFigures read() {
    SystemFigures figures = SystemFigures.read();
    long uptime = uptime(figures.uptime());
    Optional<Place> memory = placement.place("memory");
    if (memory.isPresent()) {
      figures =
          figures.withMemory(
              Path.of(memory.get().limitDirectory()),
              Path.of(memory.get().tree().mount()),
              memory.get().tree().unified());
    }
    return figures.withUptime(uptime).withProcesses(processes());
  }

  private OptionalLong processes() {
    return placement
        .place("pids")
        .map(place -> CgroupFigures.number(Path.of(place.limitDirectory()), "pids.current"))
        .orElse(OptionalLong.empty());
  }

  private long uptime(long host) {
    Optional<ClockOffset> offset =
        spec.clockOffsets().stream()
            .map(Sourced::value)
            .filter(clock -> clock.clock().equals("boottime"))
            .findFirst();
    if (offset.isPresent()) {
      return Math.max(0, host + offset.get().seconds());
    }
    OptionalLong started = Processes.startTime(initPid);
    return started.isPresent() ? Math.max(0, host - started.getAsLong() / TICKS_PER_SECOND) : host;
  }
}
