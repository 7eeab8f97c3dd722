package dev.coffer.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Calls that Coffer itself makes for a container's processes where the kernel would refuse them,
 * {@code coffer.intercept}.
 *
 * @param calls which ones
 * @param fileSystems types that may be mounted from a block device; empty without {@link
 *     Call#MOUNT}
 */
public record Intercepts(Set<Call> calls, List<String> fileSystems) {
  public static final Intercepts NONE = new Intercepts(Set.of(), List.of());

  public Intercepts {
    calls = Set.copyOf(calls);
    fileSystems = List.copyOf(fileSystems);
    if (calls.contains(Call.MOUNT) == fileSystems.isEmpty()) {
      throw new IllegalArgumentException("mount goes with file systems, and they with it");
    }
  }

  /** A family of system calls. */
  public enum Call {
    /** mknod(2): device nodes that lead to nothing of the host's. */
    MKNOD(true),
    /** setxattr(2): the marks by which overlayfs hides what lies below. */
    SETXATTR(true),
    /** sysinfo(2): the figures of the container's cgroup. */
    SYSINFO(false),
    /** mount(2): named file systems from devices that the container can open. */
    MOUNT(true);

    private final boolean privileged;

    Call(boolean privileged) {
      this.privileged = privileged;
    }

    /** As configurations spell it. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether the host's root makes it for a root that is only the container's. */
    public boolean isPrivileged() {
      return privileged;
    }

    public static Optional<Call> parse(String word) {
      return Arrays.stream(values()).filter(call -> call.word().equals(word)).findFirst();
    }
  }

  public boolean isEmpty() {
    return calls.isEmpty();
  }

  /** Those that a root who has only the container's rights can be given by nobody but itself. */
  public Intercepts unprivileged() {
    return calls.contains(Call.SYSINFO) ? new Intercepts(Set.of(Call.SYSINFO), List.of()) : NONE;
  }

  /** {@code mknod mount:ext4,xfs}. */
  public String describe() {
    return new TreeSet<>(calls)
        .stream()
            .map(call ->
                call == Call.MOUNT
                    ? call.word() + ":" + String.join(",", fileSystems)
                    : call.word())
            .collect(Collectors.joining(" "));
  }
}
