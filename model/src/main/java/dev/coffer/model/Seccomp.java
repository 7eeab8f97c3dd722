package dev.coffer.model;

import java.util.Optional;

/**
 * Which system calls the container's processes may make, as far as the configuration says: the
 * policy itself is read from its file when a container starts.
 *
 * @param profile the policy's file, or {@link #DEFAULT_POLICY} or another for one that comes with
 *     Coffer
 * @param allowNesting whether the policy is loaded although the caller lives under one already
 * @param proxy the socket that decides about calls with the action notify: {@code unix:PATH}, or
 *     {@code unix:@NAME}
 * @param cookie text that goes with each question to the proxy
 * @param intercepts calls that Coffer makes for the container
 */
public record Seccomp(
    Optional<Sourced<String>> profile,
    boolean allowNesting,
    Optional<Sourced<String>> proxy,
    Optional<Sourced<String>> cookie,
    Optional<Sourced<Intercepts>> intercepts) {
  /** Stands for the policy that comes with Coffer; no file can have this name. */
  public static final String DEFAULT_POLICY = "coffer:default";

  /** The same for a container that has containers of its own. */
  public static final String NESTING_POLICY = "coffer:default+nesting";

  /** The same where root of the container is the host's root, whose device rules are programs. */
  public static final String ROOT_NESTING_POLICY = "coffer:default+nesting+bpf";

  /** Whether a profile is one of Coffer's own, and so no file. */
  public static boolean isOwn(String profile) {
    return profile.equals(DEFAULT_POLICY)
        || profile.equals(NESTING_POLICY)
        || profile.equals(ROOT_NESTING_POLICY);
  }

  public static final Seccomp NONE =
      new Seccomp(Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty());

  /** Without the calls that the host's root makes for a root who is only the container's. */
  public Seccomp withUnprivilegedIntercepts() {
    return new Seccomp(
        profile,
        allowNesting,
        proxy,
        cookie,
        intercepts
            .map(all -> new Sourced<>(all.value().unprivileged(), all.origin()))
            .filter(some -> !some.value().isEmpty()));
  }

  /** As {@link #intercepts}, without its place. */
  public Intercepts intercepted() {
    return intercepts.map(Sourced::value).orElse(Intercepts.NONE);
  }
}
