package dev.coffer;

import dev.coffer.linux.Fd;
import dev.coffer.linux.FdStreams;
import dev.coffer.model.CofferException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToIntFunction;

/**
 * A command that runs inside a container with this program at the other end of its streams, as
 * {@link Process} is for commands of the host. Its output has to be read, or it waits when the
 * pipes are full. Safe for use by several threads.
 */
public final class Execution implements AutoCloseable {
  private static final int SIGTERM = 15;

  private final ExecutionCaller caller;
  private final OutputStream input;
  private final InputStream output;
  private final InputStream errors;
  private final CompletableFuture<Integer> end = new CompletableFuture<>();

  private Execution(ExecutionCaller caller, Fd input, Fd output, Fd errors) {
    this.caller = caller;
    this.input = FdStreams.output(input);
    this.output = FdStreams.input(output);
    this.errors = FdStreams.input(errors);
  }

  /**
   * Begins it.
   *
   * @param attach runs the command for a caller to its end and returns its status
   */
  static Execution begin(
      Helpers helpers, Map<String, String> environment, ToIntFunction<ExecutionCaller> attach) {
    Fd[] input = Fd.pipe();
    Fd[] output = Fd.pipe();
    Fd[] errors = Fd.pipe();
    ExecutionCaller caller =
        new ExecutionCaller(helpers, environment, Map.of(0, input[0], 1, output[1], 2, errors[1]));
    Execution execution = new Execution(caller, input[1], output[0], errors[0]);
    Thread.ofPlatform()
        .daemon()
        .name("coffer-execution")
        .start(() -> {
          try {
            execution.end.complete(attach.applyAsInt(caller));
          } catch (RuntimeException | Error e) {
            execution.end.completeExceptionally(e);
          } finally {
            input[0].close();
            output[1].close();
            errors[1].close();
          }
        });
    return execution;
  }

  /** What is written here the command reads; close it to tell the end. */
  public OutputStream input() {
    return input;
  }

  /** What the command prints. */
  public InputStream output() {
    return output;
  }

  /** What the command prints as errors. */
  public InputStream errors() {
    return errors;
  }

  /** Whether it has not ended. */
  public boolean isAlive() {
    return !end.isDone();
  }

  /**
   * Waits for the command's end.
   *
   * @return its exit status, 128 + signal when a signal ended it
   * @throws CofferException if it could not be run
   */
  public int await() {
    try {
      return end.join();
    } catch (CompletionException e) {
      throw failure(e.getCause());
    }
  }

  /**
   * The same for some time.
   *
   * @return empty when the time was over before
   */
  public OptionalInt await(Duration timeout) throws InterruptedException {
    try {
      return OptionalInt.of(end.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException _) {
      return OptionalInt.empty();
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private static RuntimeException failure(Throwable cause) {
    return cause instanceof RuntimeException known ? known : new CofferException(cause.toString());
  }

  /**
   * Sends the command a signal; nothing happens when it has ended.
   *
   * @param number of the signal, signal(7); SIGKILL and SIGSTOP cannot be passed on
   */
  public void signal(int number) {
    caller.signal(number);
  }

  /** Asks a command that still runs to end (SIGTERM), and closes this end of its streams. */
  @Override
  public void close() {
    if (isAlive()) {
      signal(SIGTERM);
    }
    FdStreams.close(input, output, errors);
  }
}
