package dev.coffer.model;

import java.util.Optional;

/**
 * SELinux labels.
 *
 * @param context of the container's processes; absent for what the host's policy makes of them
 * @param keyring of its session keyring
 */
public record SeLinux(Optional<Sourced<String>> context, Optional<Sourced<String>> keyring) {
  public static final SeLinux NONE = new SeLinux(Optional.empty(), Optional.empty());

  /** What the configuration says first, if it says anything. */
  public Optional<Origin> origin() {
    return context.or(() -> keyring).map(Sourced::origin);
  }
}
