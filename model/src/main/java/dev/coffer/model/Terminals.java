package dev.coffer.model;

import java.util.Optional;

/**
 * /dev and the terminals in it.
 *
 * @param autodev whether /dev is a fresh tmpfs with the usual nodes
 * @param devSize size of that tmpfs in bytes
 * @param ttys number of /dev/ttyN, 0 for none
 * @param ttyDir subdirectory of /dev that holds console and ttys; empty for /dev itself
 * @param ptyMax size of the private devpts; 0 for the default of 1024
 * @param consolePath file or terminal used as console, {@code none} for no console, empty for a pty
 * @param consoleLog file that gets a copy of the console's output; empty for none
 * @param consoleBuffer size of the ring buffer in bytes, 0 for none
 * @param consoleLogSize limit of the log file in bytes, 0 for none
 * @param consoleRotate whether the full log file is rotated
 */
public record Terminals(
    Sourced<Boolean> autodev,
    long devSize,
    Sourced<Integer> ttys,
    String ttyDir,
    long ptyMax,
    Optional<Sourced<String>> consolePath,
    Optional<Sourced<String>> consoleLog,
    long consoleBuffer,
    long consoleLogSize,
    boolean consoleRotate) {
  public static final long DEFAULT_DEV_SIZE = 500_000;
  public static final Terminals DEFAULT =
      new Terminals(
          Sourced.builtIn(true, "lxc.autodev"),
          DEFAULT_DEV_SIZE,
          Sourced.builtIn(0, "lxc.tty.max"),
          "",
          0,
          Optional.empty(),
          Optional.empty(),
          0,
          0,
          false);
}
