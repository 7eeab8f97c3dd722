package dev.coffer.tools.option;

/** What became of a command line. */
public sealed interface Reading permits Arguments, Reading.Refusal {
  /**
   * A command line that nobody can act upon.
   *
   * @param message in the words of getopt_long(3), without the tool's name
   * @param mistyped the unknown long option without dashes and value; empty where something else is
   *     wrong
   */
  record Refusal(String message, String mistyped) implements Reading {}
}
