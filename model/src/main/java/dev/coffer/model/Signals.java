package dev.coffer.model;

import java.util.Optional;

/**
 * Signals by number, signal(7).
 *
 * @param halt asks init to shut down; absent means SIGPWR, or SIGRTMIN+3 where init blocks that one
 * @param reboot asks init to restart
 * @param stop ends the container at once
 * @param keeperDeath sent to init when its keeper dies
 */
public record Signals(Optional<Integer> halt, int reboot, int stop, int keeperDeath) {
  public static final Signals DEFAULT = new Signals(Optional.empty(), 2, 9, 9);
}
