package dev.coffer.model.plan;

import dev.coffer.model.HookType;
import dev.coffer.model.Origin;
import java.util.Optional;

/**
 * Runs a hook through a shell and waits for it; failure ends the start.
 *
 * @param network what a script of an interface is told; empty for other hooks
 */
public record RunHook(
    HookType type, String command, Place place, Optional<NetworkScript> network, Origin origin)
    implements Step {
  /** A hook of the container. */
  public RunHook(HookType type, String command, Place place, Origin origin) {
    this(type, command, place, Optional.empty(), origin);
  }

  @Override
  public String describe() {
    return network.isPresent()
        ? "run the script " + command + " for " + network.get().describe()
        : "run " + type.key() + " hook " + command;
  }
}
