package dev.coffer.runtime;

import dev.coffer.model.HookType;
import java.time.Duration;
import java.time.Instant;

/** A hook that a container's start or end waits for. */
public record HookInProgress(HookType type, String command, Instant since) {
  static HookInProgress now(HookType type, String command) {
    return new HookInProgress(type, command, Instant.now());
  }

  /** {@code lxc.hook.pre-start /etc/prepare, for 7 s}. */
  public String describe() {
    return (type.section().equals("net") ? "lxc.net.N.script." : "lxc.hook.")
        + type.key()
        + " "
        + command
        + ", for "
        + Duration.between(since, Instant.now()).toSeconds()
        + " s";
  }
}
