package dev.coffer.runtime;

import dev.coffer.linux.WaitStatus;
import dev.coffer.model.Restart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The lives that one container begins by itself, coffer.restart. What must outlive an engine is in
 * the run directory: that it was asked to stop, and how many lives in a row were short.
 */
final class Restarts {
  /** A life that lasted so long begins a new row. */
  static final Duration GOOD_LIFE = Duration.ofSeconds(10);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final int SIGINT = 2;

  private final Path asked;
  private final Path row;
  private final CountDownLatch cancelled = new CountDownLatch(1);

  Restarts(Path runDirectory) {
    this.asked = runDirectory.resolve("stop-asked");
    this.row = runDirectory.resolve("restarts");
  }

  /** A tool asks the container to end: that is not to be undone by a restart. */
  void stopAsked() {
    try {
      Files.write(asked, new byte[0]);
    } catch (NoSuchFileException _) {
      return; // it has ended already
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      cancelled.countDown();
    }
  }

  /** How many lives in a row began by themselves. */
  int count() {
    try {
      return Integer.parseInt(Files.readString(row).strip());
    } catch (IOException | NumberFormatException _) {
      // no file: none did
      return 0;
    }
  }

  /** Whether an engine had come to the pause before the next life when it ended. */
  boolean wasPausing(Path note) {
    try {
      FileTime counted = Files.getLastModifiedTime(row);
      return counted.compareTo(Files.getLastModifiedTime(note)) > 0;
    } catch (IOException _) {
      // never counted
      return false;
    }
  }

  /** Whether an end is to be followed by another life, as far as the policy goes. */
  static boolean wanted(Restart policy, WaitStatus status) {
    boolean halted = status.signal() == SIGINT;
    return switch (policy.when()) {
      case NEVER -> false;
      case ON_FAILURE -> !halted && !status.isSuccess();
      case ALWAYS -> !halted;
    };
  }

  /** How long to wait before the restart of this number, 1 for the first. */
  static Duration pause(int number) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(number - 1, 20));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /**
   * Waits for its turn if the container is to live again.
   *
   * @param note written when the life that ended began
   */
  boolean awaitNext(Restart policy, WaitStatus status, Path note) {
    if (!wanted(policy, status) || Files.exists(asked)) {
      return false;
    }
    boolean resumed = wasPausing(note);
    int number = resumed ? count() : (lastedLong(note) ? 0 : count()) + 1;
    if (policy.limit() > 0 && number > policy.limit()) {
      return false;
    }
    write(number);
    try {
      boolean cancelledMeanwhile = cancelled.await(pause(number).toMillis(), TimeUnit.MILLISECONDS);
      return !cancelledMeanwhile && !Files.exists(asked);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static boolean lastedLong(Path note) {
    try {
      Instant began = Files.getLastModifiedTime(note).toInstant();
      return Duration.between(began, Instant.now()).compareTo(GOOD_LIFE) >= 0;
    } catch (IOException _) {
      // without a note nothing is known of it
      return false;
    }
  }

  private void write(int number) {
    try {
      Files.writeString(row, number + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
