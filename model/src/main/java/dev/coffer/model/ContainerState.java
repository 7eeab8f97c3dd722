package dev.coffer.model;

import java.util.Locale;
import java.util.Optional;

/** The states of a container; the ordinal is the number in LXC's command protocol. */
public enum ContainerState {
  STOPPED,
  STARTING,
  RUNNING,
  STOPPING,
  ABORTING,
  FREEZING,
  FROZEN,
  THAWED;

  public static Optional<ContainerState> parse(String name) {
    for (ContainerState state : values()) {
      if (state.name().equals(name.toUpperCase(Locale.ROOT))) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }
}
