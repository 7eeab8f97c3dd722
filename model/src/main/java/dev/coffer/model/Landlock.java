package dev.coffer.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What processes may still do when they have restricted themselves, landlock(7). What no rule
 * speaks of is not restricted: files without a path rule, connecting without a rule about
 * connecting, and so on.
 *
 * @param paths files and directories, seen from inside, that are not out of reach
 * @param connect TCP ports that may be connected to; absent for all
 * @param bind TCP ports that may be bound; absent for all
 * @param scopes what does not reach beyond the restricted processes
 * @param allowIncomplete whether to go on with what the kernel has
 */
public record Landlock(
    List<Sourced<PathRule>> paths,
    Optional<Sourced<Set<Integer>>> connect,
    Optional<Sourced<Set<Integer>>> bind,
    Optional<Sourced<Set<Scope>>> scopes,
    boolean allowIncomplete) {
  public static final Landlock NONE =
      new Landlock(List.of(), Optional.empty(), Optional.empty(), Optional.empty(), false);

  public Landlock {
    paths = List.copyOf(paths);
  }

  /** What a path may be used for; each includes reading. */
  public enum Access {
    READ,
    EXECUTE,
    WRITE;

    public String describe() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** A file, or a directory with all below it. */
  public record PathRule(Access access, String path) {}

  /** What can be kept within the restricted processes. */
  public enum Scope {
    ABSTRACT_SOCKET("abstract-socket"),
    SIGNAL("signal");

    private final String word;

    Scope(String word) {
      this.word = word;
    }

    public String describe() {
      return word;
    }

    public static Optional<Scope> parse(String word) {
      return java.util.Arrays.stream(values()).filter(scope -> scope.word.equals(word)).findFirst();
    }
  }

  /** Whether there is nothing to restrict. */
  public boolean isNone() {
    return origin().isEmpty();
  }

  /** What the configuration says first, if it says anything. */
  public Optional<Origin> origin() {
    return paths.stream()
        .map(Sourced::origin)
        .findFirst()
        .or(() -> connect.map(Sourced::origin))
        .or(() -> bind.map(Sourced::origin))
        .or(() -> scopes.map(Sourced::origin));
  }
}
