package dev.coffer;

import dev.coffer.linux.CgroupDirs;
import dev.coffer.model.ContainerState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Asks a container to end, and ends it if it does not. */
record Stopping(RunningContainer container) {
  private static final Set<ContainerState> STOPPED = EnumSet.of(ContainerState.STOPPED);
  private static final int SIGKILL = 9;
  private static final int SIGPWR = 30;
  private static final int SIGRTMIN_3 = 37;

  boolean stop(StopOptions options) {
    return switch (options.action()) {
      case KILL -> kill(options);
      case SHUTDOWN -> shutdown(options);
      case REBOOT ->
          container.reboot(
              container.spec().signals().reboot(),
              options.await() ? Optional.of(options.timeout()) : Optional.empty());
    };
  }

  private boolean kill(StopOptions options) {
    Optional<Path> freezer = container.placement().freezerIfAny();
    container.signal(container.spec().signals().stop());
    freezer.ifPresent(CgroupDirs::thaw);
    return !options.await() || await(options.timeout());
  }

  private boolean shutdown(StopOptions options) {
    if (container.state() == ContainerState.FROZEN) {
      CgroupDirs.thaw(container.placement().freezer());
    }
    container.signal(container.spec().signals().halt().orElseGet(this::usualHalt));
    if (!options.await() || await(options.timeout())) {
      return true;
    }
    if (!options.thenKill()) {
      return false;
    }
    container.signal(SIGKILL);
    return await(options.timeout().plusSeconds(10));
  }

  /**
   * systemd takes SIGRTMIN+3 through a signalfd, so it has it blocked; SIGPWR means little to it.
   */
  private int usualHalt() {
    return Processes.blocks(container.initPid(), SIGRTMIN_3) ? SIGRTMIN_3 : SIGPWR;
  }

  private boolean await(Duration timeout) {
    return container.await(STOPPED, timeout);
  }
}
