package dev.coffer.linux;

/**
 * Processes by their number; where that may have changed hands, {@link Pidfd} is the one to use.
 */
public final class Processes {
  private Processes() {}

  /**
   * Sends a signal, kill(2).
   *
   * @return false if there is no such process
   */
  public static boolean sendSignal(int pid, int signal) {
    try (Call call = new Call()) {
      long result = call.run(Sys.KILL, pid, signal);
      if (result == -Errno.ESRCH.number()) {
        return false;
      }
      Call.checked("kill", null, result);
      return true;
    }
  }
}
