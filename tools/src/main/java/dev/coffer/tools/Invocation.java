package dev.coffer.tools;

import dev.coffer.runtime.Caller;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One call of a tool, as its caller made it.
 *
 * @param program last part of argv[0], the tool's name
 * @param arguments what follows it
 * @param columns width of the caller's terminal; 0 where none of its standard streams is one
 * @param caller runs programs as the caller's own children
 * @param engine the engine that answers
 */
public record Invocation(
    String program,
    List<String> arguments,
    Path cwd,
    Map<String, String> environment,
    Output out,
    Output err,
    boolean stdinIsTerminal,
    boolean stdoutIsTerminal,
    boolean stderrIsTerminal,
    int columns,
    Caller caller,
    EngineControl engine) {
  public Invocation {
    Objects.requireNonNull(program);
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  /** A path as the caller typed it, seen from its working directory. */
  public Path resolve(String path) {
    return cwd.resolve(path).normalize();
  }
}
