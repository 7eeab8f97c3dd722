package dev.coffer;

import java.time.Duration;

/**
 * How a container is stopped.
 *
 * @param timeout how long to wait for init before {@code thenKill} or failure
 * @param await whether to wait for the end at all
 * @param thenKill whether to kill when the time is over
 */
public record StopOptions(Action action, Duration timeout, boolean await, boolean thenKill) {
  /** What init is asked for. */
  public enum Action {
    /** To halt: {@code lxc.signal.halt}. */
    SHUTDOWN,
    /** To restart: {@code lxc.signal.reboot}. */
    REBOOT,
    /** Nothing: it is killed with all its processes. */
    KILL
  }

  public static final StopOptions SHUTDOWN =
      new StopOptions(Action.SHUTDOWN, Duration.ofSeconds(60), true, true);
  public static final StopOptions KILL =
      new StopOptions(Action.KILL, Duration.ofSeconds(60), true, true);
}
