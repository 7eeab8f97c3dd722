package dev.coffer.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What came of a small program of the host's that was run for its effect.
 *
 * @param printed what it wrote on standard output
 * @param complaints what it wrote on standard error, or how it ended where it wrote nothing
 */
public record CommandOutput(WaitStatus status, String printed, String complaints) {
  /** Runs a program without input, and waits for it. */
  public static CommandOutput of(List<String> argv, List<String> environment) {
    try (Fd out = Memfd.scratch("printed");
        Fd err = Memfd.scratch("complaints")) {
      int pid = Spawn.of(argv).withEnvironment(environment).withFd(1, out).withFd(2, err).start();
      WaitStatus status = Spawn.waitFor(pid);
      String complaints = read(err).strip();
      return new CommandOutput(
          status, read(out), complaints.isEmpty() ? status.describe() : complaints);
    }
  }

  private static String read(Fd scratch) {
    Path again = Path.of("/proc/self/fd/" + scratch.number());
    try (Fd fromStart = HostFiles.open(again, OpenFlags.READ_ONLY, 0)) {
      return new String(fromStart.readAllNow(), StandardCharsets.UTF_8);
    }
  }
}
