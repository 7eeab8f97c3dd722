package dev.coffer.tools.command;

import dev.coffer.tools.option.Arguments;
import dev.coffer.tools.option.CommandPage;

/** One command: what is to be said about it, and what it does. Has no state of its own. */
public interface Tool {
  CommandPage page();

  /** Does the work and returns the exit code. May throw CofferException and {@link BadArgument}. */
  int run(Session session);

  /**
   * The launcher program that {@link #run} will need most likely, known from the arguments alone.
   */
  default Launch launches(Arguments arguments) {
    return Launch.NONE;
  }

  /** How a launcher program stands to its caller. */
  enum Launch {
    NONE,
    DETACHED,
    FOREGROUND
  }

  /** Whether the first operand names a container unless {@code -n} does. */
  default boolean wantsName() {
    return true;
  }

  /**
   * Whether {@code -l} alone means a log file beside the container, as most of LXC's tools have it.
   */
  default boolean logsBesideContainer() {
    return true;
  }

  /** Whether several directories of containers may be given. */
  default boolean takesManyPaths() {
    return false;
  }

  /** Whether what follows the name is a command line with options of its own. */
  default boolean runsCommand() {
    return false;
  }
}
