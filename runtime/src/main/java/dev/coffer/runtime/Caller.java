package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.UnixSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Whoever asked for something: the environment it was asked in, and the way to run launcher
 * programs as the caller's own child, with its terminal and credentials.
 */
public interface Caller {
  Path cwd();

  Map<String, String> environment();

  /** The caller's standard input, output or error (0, 1, 2), unless it is closed. */
  Optional<Fd> stream(int number);

  /** Whether that stream is a terminal. */
  boolean isTerminal(int number);

  /**
   * Has an executor started that {@link #launch} will be asked for soon, so that both get ready at
   * once. One that is not asked for is let go.
   *
   * @param foreground as {@link #launch} will say
   */
  default void launchAhead(boolean foreground) {}

  /**
   * Starts an executor as the caller's child, or gives the one that was started ahead.
   *
   * @param foreground whether it keeps the caller's streams and terminal; otherwise it is a session
   *     of its own that outlives the caller
   * @return the engine's end of its channel
   */
  UnixSocket launch(boolean foreground);

  /**
   * A descriptor that becomes readable when the foreground executor has ended or the caller is
   * gone; empty where {@link #awaitEnded} is the only way to hear of it.
   */
  default Optional<Fd> ending() {
    return Optional.empty();
  }

  /** Waits for the foreground executor to end and returns its wait status. */
  int awaitEnded();

  /** The caller's own process, for tests that kill it; 0 when there is none besides the engine. */
  int pid();
}
