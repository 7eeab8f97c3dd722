package dev.coffer.runtime.program;

import dev.coffer.linux.SeccompFilter;
import dev.coffer.model.Namespace;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a program needs besides the plan: values of the moment.
 *
 * @param console what the container's console is
 * @param landings where the descriptors that come with the program belong, in order
 * @param relay what the console is relayed to
 * @param replacedStreams which of 0, 1, 2 the terminal takes the place of when the caller's streams
 *     are kept
 * @param logMost bytes at which the console's log is full, 0 for never
 * @param ringMost bytes at which the console's ring is full
 * @param environment the caller's, for hooks on the host
 * @param hookEnvironment LXC_… variables of every hook
 * @param hookVersion 0 or 1
 * @param capabilities the caller's effective capabilities as bits
 * @param userNamespace whether the container has its own
 * @param privileged whether the keeper is the host's root; another one may neither look at init nor
 *     mount for it, but where init lets it
 * @param namespaces those of the container that are kept open for the hooks of its end
 * @param filter the compiled policy of the plan's LoadSeccomp
 * @param wake the command that wakes an engine
 * @param title what the keeper shows as its command line
 * @param runningTag tag of the report that hands init's pidfd over
 * @param fault where a test wants something to die
 */
public record AssemblyContext(
    String name,
    Console console,
    List<Arg.Register> landings,
    Relay relay,
    List<Integer> replacedStreams,
    long logMost,
    long ringMost,
    List<String> environment,
    List<String> hookEnvironment,
    int hookVersion,
    long capabilities,
    boolean userNamespace,
    boolean privileged,
    Set<Namespace> namespaces,
    int deathSignal,
    Optional<SeccompFilter> filter,
    List<String> wake,
    String title,
    int runningTag,
    Optional<Fault> fault) {

  /** What is shown as the container's console. */
  public sealed interface Console {
    /** There is none, or the command has the caller's streams or a terminal of the host's. */
    record None() implements Console {}

    /**
     * A terminal in the place of the caller's, which the container makes for the user of its
     * command: one that the host makes would belong to nobody inside, or have no name there.
     */
    record Session(long uid) implements Console {}

    /** A terminal of the container's own devpts. */
    record Own() implements Console {}
  }

  /**
   * Which of the caller's streams the console is relayed to; none where a keeper stays detached.
   */
  public record Relay(boolean input, boolean output) {
    public static final Relay AS_BEFORE = new Relay(false, false);
  }

  /** A step at which a party is killed, for tests: {@code keeper@14}. */
  public record Fault(String party, int step) {
    public static Optional<Fault> parse(String text) {
      int at = text == null ? -1 : text.indexOf('@');
      if (at < 0) {
        return Optional.empty();
      }
      return Optional.of(
          new Fault(text.substring(0, at), Integer.parseInt(text.substring(at + 1))));
    }
  }
}
