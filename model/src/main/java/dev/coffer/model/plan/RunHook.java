package dev.coffer.model.plan;

import dev.coffer.model.HookType;
import dev.coffer.model.Origin;

/** Runs a hook through a shell and waits for it; failure ends the start. */
public record RunHook(HookType type, String command, Place place, Origin origin) implements Step {
  @Override
  public String describe() {
    return "run " + type.key() + " hook " + command;
  }
}
