package dev.coffer.runtime;

import dev.coffer.linux.HostFiles;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The programs beside ordinary users' containers that lead to the network, found by pid files. */
final class NetworkPrograms {
  private static final int SIGTERM = 15;
  private static final int SIGKILL = 9;
  private static final long PATIENCE_MILLIS = 2000;
  private static final String PID = "[1-9][0-9]{0,8}";

  private NetworkPrograms() {}

  /** Ends the program that has left its pid in this file, if that is still it, and tidies up. */
  static void end(Path pidFile) {
    Optional<String> pid = HostFiles.readIfThere(pidFile).map(String::strip);
    pid.filter(text -> text.matches(PID)).ifPresent(text -> end(Integer.parseInt(text), pidFile));
    try {
      Files.deleteIfExists(pidFile);
      Files.deleteIfExists(Path.of(pidFile + ".api"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process is held before it is looked at, so that it cannot become another meanwhile. */
  private static void end(int pid, Path pidFile) {
    Optional<Pidfd> opened = Pidfd.open(pid);
    if (opened.isEmpty()) {
      return;
    }
    try (Pidfd process = opened.get()) {
      boolean names =
          Processes.commandLine(pid).orElse(java.util.List.of()).stream()
              .anyMatch(word -> word.contains(pidFile.toString()));
      if (!names) {
        return;
      }
      process.sendSignal(SIGTERM);
      if (!process.awaitEnd(PATIENCE_MILLIS)) {
        process.sendSignal(SIGKILL);
        process.awaitEnd(PATIENCE_MILLIS);
      }
    }
  }
}
