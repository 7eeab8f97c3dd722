package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Whoever asked for something: the environment it was asked in, and the way to run programs as the
 * caller's own child, with its terminal and credentials.
 */
public interface Caller {
  Path cwd();

  Map<String, String> environment();

  /** The caller's standard input, output or error (0, 1, 2), unless it is closed. */
  Optional<Fd> stream(int number);
}
