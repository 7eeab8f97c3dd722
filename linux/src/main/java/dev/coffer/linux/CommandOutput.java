package dev.coffer.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What came of a small program of the host's that was run for its effect or its answer.
 *
 * @param output what it wrote on standard output
 * @param complaints what it wrote on standard error, or how it ended where it wrote nothing
 */
public record CommandOutput(WaitStatus status, String output, String complaints) {
  /** Runs a program without input, and waits for it. */
  public static CommandOutput of(List<String> argv, List<String> environment) {
    return of(argv, environment, "");
  }

  /**
   * Runs a program and waits for it.
   *
   * @param input what it reads on standard input
   */
  public static CommandOutput of(List<String> argv, List<String> environment, String input) {
    try (Fd in = Memfd.scratch("input");
        Fd out = Memfd.scratch("output");
        Fd err = Memfd.scratch("complaints")) {
      in.writeFully(input);
      try (Fd fromStart = again(in)) {
        int pid =
            Spawn.of(argv)
                .withEnvironment(environment)
                .withFd(0, fromStart)
                .withFd(1, out)
                .withFd(2, err)
                .start();
        WaitStatus status = Spawn.waitFor(pid);
        String text = read(err).strip();
        return new CommandOutput(status, read(out), text.isEmpty() ? status.describe() : text);
      }
    }
  }

  private static String read(Fd written) {
    try (Fd fromStart = again(written)) {
      return new String(fromStart.readAllNow(), StandardCharsets.UTF_8);
    }
  }

  private static Fd again(Fd written) {
    return HostFiles.open(Path.of("/proc/self/fd/" + written.number()), OpenFlags.READ_ONLY, 0);
  }
}
