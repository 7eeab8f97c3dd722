package dev.coffer.junit;

import dev.coffer.AttachOptions;
import dev.coffer.Container;
import dev.coffer.Execution;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** A running container that a test has for itself. */
public final class TestContainer {
  private static final Duration USUAL_LIMIT = Duration.ofMinutes(1);
  private static final int SIGTERM = 15;

  private final Container container;
  private final Path directory;

  TestContainer(Container container, Path directory) {
    this.container = container;
    this.directory = directory;
  }

  /**
   * What a command left.
   *
   * @param status its exit status, 128 + signal when a signal ended it
   * @param output what it printed, as UTF-8
   * @param errors what it printed as errors
   */
  public record Result(List<String> command, int status, String output, String errors) {
    /**
     * The same if the status is 0.
     *
     * @throws AssertionError otherwise, with all that was printed
     */
    public Result ok() {
      return exits(0);
    }

    /**
     * The same if the status is this one.
     *
     * @throws AssertionError otherwise, with all that was printed
     */
    public Result exits(int expected) {
      if (status != expected) {
        throw new AssertionError(
            "exit status "
                + status
                + " instead of "
                + expected
                + " of "
                + command
                + "\n"
                + output
                + errors);
      }
      return this;
    }
  }

  /** The container itself. */
  public Container container() {
    return container;
  }

  /** The root directory of its files, as the host sees it. */
  public Path root() {
    return directory.resolve("rootfs");
  }

  /**
   * Runs a command inside and waits for its end, a minute at most.
   *
   * @throws AssertionError if it takes longer
   * @throws CofferException if it cannot be run
   */
  public Result run(String... command) {
    return run(USUAL_LIMIT, "", command);
  }

  /** Runs a line of shell inside, as {@link #run(String...)}. */
  public Result shell(String line) {
    return run("/bin/sh", "-c", line);
  }

  /**
   * Runs a command inside.
   *
   * @param limit after it the command is asked to end (SIGTERM) and the test fails
   * @param input what the command reads
   */
  public Result run(Duration limit, String input, String... command) {
    List<String> line = List.of(command);
    try (Execution execution = container.exec(AttachOptions.of(command))) {
      CompletableFuture<String> output = text(execution.output());
      CompletableFuture<String> errors = text(execution.errors());
      feed(execution, input);
      OptionalInt status = execution.await(limit);
      if (status.isEmpty()) {
        execution.signal(SIGTERM);
        throw new AssertionError(line + " still runs after " + limit);
      }
      return new Result(line, status.getAsInt(), output.join(), errors.join());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while " + line + " ran", e);
    }
  }

  private static void feed(Execution execution, String input) {
    try (var in = execution.input()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // it has ended without reading all
      return;
    }
  }

  private static CompletableFuture<String> text(InputStream stream) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("coffer-junit-reader")
        .start(() -> {
          try {
            text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
          } catch (IOException e) {
            text.completeExceptionally(new UncheckedIOException(e));
          }
        });
    return text;
  }
}
