package dev.coffer.runtime.command;

/** What becomes of a request. */
sealed interface Reply {
  /** It is answered and the connection ends. */
  record Answered(CommandResponse response) implements Reply {}

  /** The connection ends without a word, as LXC does for what it does not know. */
  record Ended() implements Reply {}

  /** Nothing is said; the connection ends when the container has stopped. */
  record UntilStopped() implements Reply {}

  /** It is answered, and the terminal is free again when the client closes the connection. */
  record Leased(CommandResponse response, TtyLease lease) implements Reply {}

  /** The client sends a listener of a system call filter next, and is answered then. */
  record ListenerExpected() implements Reply {}

  /** The client is told once one of the states is reached, if it is not so already. */
  record Waiting(WantedStates wanted) implements Reply {}
}
