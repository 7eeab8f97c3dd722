package dev.coffer.model;

import java.util.Optional;

/**
 * SELinux labels.
 *
 * @param context of the container's processes, or unconfined_t; absent for what the host's policy
 *     makes of them
 * @param keyring of its session keyring; absent for that of the processes
 */
public record SeLinux(Optional<Sourced<String>> context, Optional<Sourced<String>> keyring) {
  public static final SeLinux NONE = new SeLinux(Optional.empty(), Optional.empty());

  /** LXC's word for "leave it as it is", which is no context. */
  private static final String UNCHANGED = "unconfined_t";

  /** The context that the container's programs are executed in; empty to leave it to the policy. */
  public Optional<Sourced<String>> execution() {
    return context.filter(label -> !label.value().equals(UNCHANGED));
  }

  /** The context of keyrings that are made for it: lxc.container.conf(5) has the default. */
  public Optional<Sourced<String>> keyrings() {
    return keyring.or(this::execution);
  }

  /** What the configuration says first, if it says anything. */
  public Optional<Origin> origin() {
    return context.or(() -> keyring).map(Sourced::origin);
  }
}
