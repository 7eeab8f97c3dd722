package dev.coffer.model;

import java.util.List;

/** Resource limits of the first process and kernel values set for the container. */
public record Limits(
    List<Sourced<Rlimit>> rlimits,
    List<Sourced<KernelValue>> sysctls,
    List<Sourced<KernelValue>> procValues) {
  public static final Limits NONE = new Limits(List.of(), List.of(), List.of());

  public Limits {
    rlimits = List.copyOf(rlimits);
    sysctls = List.copyOf(sysctls);
    procValues = List.copyOf(procValues);
  }

  /**
   * A limit of getrlimit(2); {@link #UNLIMITED} for no limit. The name is checked at start, as LXC
   * does.
   */
  public record Rlimit(String resource, long soft, long hard) {
    public static final long UNLIMITED = -1;
  }

  /** A value for a file below /proc/sys (dots are path separators) or /proc/PID. */
  public record KernelValue(String name, String value) {}
}
