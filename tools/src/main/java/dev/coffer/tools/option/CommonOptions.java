package dev.coffer.tools.option;

import java.util.List;

/** The options every LXC tool knows, in the order of its usage text. */
public final class CommonOptions {
  public static final Option NAME = Option.value('n', "name", "NAME", "Name of the container.");
  public static final Option HELP = Option.flag('h', "help", "Show this help.");
  public static final Option QUESTION = Option.flag('?', "help", "Show this help.");
  public static final Option USAGE = Option.flag("usage", "Show all options in a few lines.");
  public static final Option VERSION = Option.flag("version", "Show the version.");
  public static final Option QUIET = Option.flag('q', "quiet", "Print no messages.");
  public static final Option LOG_FILE =
      Option.value('o', "logfile", "FILE", "Write log lines to FILE; \"none\" for nowhere.");
  public static final Option LOG_PRIORITY =
      Option.value(
          'l',
          "logpriority",
          "LEVEL",
          "Least important level to log: TRACE, DEBUG, INFO, NOTICE, WARN, ERROR (as without this"
              + " option), CRIT, ALERT or FATAL.");
  public static final Option LXC_PATH =
      Option.value('P', "lxcpath", "PATH", "Directory that holds the containers.");
  public static final Option RC_FILE =
      Option.value("rcfile", "FILE", "Read the configuration from FILE.");

  /** All of them, behind a tool's own. */
  public static final List<Option> ALL =
      List.of(
          NAME, HELP, QUESTION, USAGE, VERSION, QUIET, LOG_FILE, LOG_PRIORITY, LXC_PATH, RC_FILE);

  private CommonOptions() {}

  /** Whether reading ends at this option because its answer is all that is wanted. */
  static boolean endsReading(Option option) {
    return option == HELP || option == QUESTION || option == USAGE || option == VERSION;
  }
}
