package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.WaitStatus;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * How and when a container's first process ended the last time, kept in the container's directory.
 *
 * @param status as wait(2) has it; SIGINT when the container halted itself
 * @param restarts how many lives in a row began by themselves before it
 */
public record LastEnd(WaitStatus status, Instant at, int restarts) {
  private static final String FILE = "coffer.end";
  private static final int SIGINT = 2;

  /** Empty where none is known. */
  public static Optional<LastEnd> read(Path containerDirectory) {
    try {
      return HostFiles.readIfThere(containerDirectory.resolve(FILE)).flatMap(LastEnd::decode);
    } catch (KernelException _) {
      // whoever may not read it does not know it
      return Optional.empty();
    }
  }

  static LastEnd now(WaitStatus status, int restarts) {
    return new LastEnd(status, Instant.now().truncatedTo(ChronoUnit.SECONDS), restarts);
  }

  /** Does nothing for a container without a directory of its own. */
  void write(Path containerDirectory) {
    int flags = OpenFlags.WRITE_ONLY | OpenFlags.CREATE | OpenFlags.TRUNCATE | OpenFlags.NO_FOLLOW;
    try (Fd file = HostFiles.open(containerDirectory.resolve(FILE), flags, 0644)) {
      file.writeFully(encode());
    } catch (KernelException _) {
      // there is none, or it is read-only: then its end is not remembered
      return;
    }
  }

  String encode() {
    return status.raw() + " " + at + " " + restarts + "\n";
  }

  static Optional<LastEnd> decode(String text) {
    String[] words = text.strip().split(" ");
    try {
      return words.length == 3
          ? Optional.of(
              new LastEnd(
                  new WaitStatus(Integer.parseInt(words[0])),
                  Instant.parse(words[1]),
                  Integer.parseInt(words[2])))
          : Optional.empty();
    } catch (NumberFormatException | DateTimeParseException _) {
      // not what was written here
      return Optional.empty();
    }
  }

  /** Whether the container halted itself, reboot(2). */
  public boolean halted() {
    return status.signal() == SIGINT;
  }

  /** {@code halted}, {@code exited with 3}, {@code was killed by signal 9}. */
  public String describe() {
    return halted() ? "halted" : status.describe();
  }
}
