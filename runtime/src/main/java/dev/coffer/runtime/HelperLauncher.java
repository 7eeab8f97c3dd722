package dev.coffer.runtime;

import dev.coffer.linux.UnixSocket;

/** Starts launchers that work for this process itself, for no caller. */
@FunctionalInterface
public interface HelperLauncher {
  Helper launch();

  /**
   * @param channel our end of its channel; it ends when that is closed
   */
  record Helper(int pid, UnixSocket channel) {}
}
