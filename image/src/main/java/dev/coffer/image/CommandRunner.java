package dev.coffer.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Runs a program as the caller's own child: with its terminal and credentials, in a mount namespace
 * of its own, and as root of the container's user namespace where that has id maps.
 */
@FunctionalInterface
public interface CommandRunner {
  /**
   * Waits until the program has ended. An interrupt of the thread ends the program, and the
   * interrupt stays set.
   *
   * @param mapped whether to run in a user namespace with the container's id maps
   * @return its exit status, or 128 + signal
   */
  int run(List<String> argv, Map<String, String> environment, Path cwd, boolean mapped);
}
