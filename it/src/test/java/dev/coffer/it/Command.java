package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command to be run. Its streams are files, so that what it leaves in the background cannot hold
 * the test up; one that takes too long is killed and fails the test with what it printed so far.
 */
public final class Command {
  /** Emulated processors are slow: in the virtual machine every limit is ten times as long. */
  private static final int SLOWNESS = System.getenv("COFFER_VM") == null ? 1 : 10;

  private final Path scratch;
  private final List<String> argv;
  private final Map<String, String> environment;
  private Duration limit = Duration.ofSeconds(60);
  private Path directory = Path.of("/");
  private String input = "";

  Command(Path scratch, Map<String, String> environment, List<String> argv) {
    this.scratch = scratch;
    this.environment = new HashMap<>(environment);
    this.argv = argv;
  }

  public Command with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  public Command in(Path directory) {
    this.directory = directory;
    return this;
  }

  public Command input(String text) {
    this.input = text;
    return this;
  }

  public Command within(Duration limit) {
    this.limit = limit;
    return this;
  }

  public Outcome run() {
    return start().await(limit);
  }

  /** Starts it without waiting. */
  public Running start() {
    try {
      Path out = Files.createTempFile(scratch, "out", "");
      Path err = Files.createTempFile(scratch, "err", "");
      Path in = Files.createTempFile(scratch, "in", "");
      Files.writeString(in, input);
      var builder =
          new ProcessBuilder(argv)
              .directory(directory.toFile())
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      return new Running(argv, builder.start(), out, err, System.nanoTime());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A command that runs. */
  public record Running(List<String> argv, Process process, Path out, Path err, long since) {

    /** Waits for its end; after this time it is killed, and the test fails. */
    public Outcome await(Duration limit) {
      try {
        if (!process.waitFor(limit.toMillis() * SLOWNESS, TimeUnit.MILLISECONDS)) {
          process.destroyForcibly().waitFor();
          fail("still running after " + limit.toSeconds() + " s: " + outcome());
        }
        return outcome();
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted", e);
      }
    }

    private Outcome outcome() {
      return new Outcome(
          argv,
          process.exitValue(),
          text(out),
          text(err),
          Duration.ofNanos(System.nanoTime() - since));
    }

    /** What it printed so far. */
    public String printed() {
      return text(out);
    }

    private static String text(Path file) {
      try {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
