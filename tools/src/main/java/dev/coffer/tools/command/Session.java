package dev.coffer.tools.command;

import dev.coffer.Coffer;
import dev.coffer.Container;
import dev.coffer.tools.CofferFactory;
import dev.coffer.tools.Invocation;
import dev.coffer.tools.Output;
import dev.coffer.tools.option.Arguments;
import dev.coffer.tools.option.CommonOptions;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.text.Paint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * One call of one tool, its options read: the container it is about and the ways to speak. The API
 * is opened when a tool first asks for it.
 */
public final class Session implements AutoCloseable {
  private static final String SYSTEM_LXC_PATH = "/var/lib/lxc";
  private static final String SYSTEM_LOG_PATH = "/var/log/lxc";

  private final Face face;
  private final Tool tool;
  private final String program;
  private final Invocation invocation;
  private final Arguments arguments;
  private final CofferFactory factory;
  private final String name;
  private final List<String> operands;
  private Coffer coffer;
  private ToolLog log;

  /**
   * @param name the container's; empty for a tool that takes none
   * @param operands what is neither option nor the container's name
   */
  Session(
      Face face,
      Tool tool,
      String program,
      Invocation invocation,
      Arguments arguments,
      CofferFactory factory,
      String name,
      List<String> operands) {
    this.face = face;
    this.tool = tool;
    this.program = program;
    this.invocation = invocation;
    this.arguments = arguments;
    this.factory = factory;
    this.name = name;
    this.operands = operands;
  }

  Face face() {
    return face;
  }

  String program() {
    return program;
  }

  Invocation invocation() {
    return invocation;
  }

  Arguments arguments() {
    return arguments;
  }

  boolean has(Option option) {
    return arguments.has(option);
  }

  Optional<String> value(Option option) {
    return arguments.value(option);
  }

  /** The value of an option that names a file, as the caller's working directory makes it. */
  Optional<Path> path(Option option) {
    return arguments.value(option).map(invocation::resolve);
  }

  String name() {
    return name;
  }

  List<String> operands() {
    return operands;
  }

  Output out() {
    return invocation.out();
  }

  Output err() {
    return invocation.err();
  }

  Paint paint() {
    return face == Face.COFFER
        ? Paint.of(invocation.stdoutIsTerminal(), invocation.environment())
        : Paint.OFF;
  }

  Coffer coffer() {
    if (coffer == null) {
      coffer = factory.open(invocation);
    }
    return coffer;
  }

  /** The directory given by {@code -P}, else the system's. */
  Path lxcPath() {
    Optional<String> given = arguments.value(CommonOptions.LXC_PATH);
    return given.isPresent() ? invocation.resolve(given.get()) : coffer().lxcPath();
  }

  Container container() {
    Optional<String> given = arguments.value(CommonOptions.LXC_PATH);
    return given.isPresent()
        ? coffer().container(name, invocation.resolve(given.get()))
        : coffer().container(name);
  }

  ToolLog log() {
    if (log == null) {
      String level = arguments.value(CommonOptions.LOG_PRIORITY).orElse("ERROR");
      log =
          new ToolLog(
              program,
              name,
              ToolLog.Level.parse(level),
              arguments.has(CommonOptions.QUIET),
              logFile(),
              invocation.err(),
              Clock.systemUTC());
    }
    return log;
  }

  /** Prints what was said so far, before another program gets the same streams. */
  void flush() {
    invocation.out().flush();
    invocation.err().flush();
  }

  @Override
  public void close() {
    if (coffer != null) {
      coffer.close();
    }
  }

  /** Null for no log file, which is what LXC does without -o and -l. */
  private Path logFile() {
    Optional<String> file = arguments.value(CommonOptions.LOG_FILE);
    if (file.isPresent()) {
      return file.get().equals("none") ? null : invocation.resolve(file.get());
    }
    boolean wanted = arguments.has(CommonOptions.LOG_PRIORITY) && tool.logsBesideContainer();
    if (name.isEmpty() || !wanted) {
      return null;
    }
    Path lxcPath = lxcPath();
    if (lxcPath.toString().equals(SYSTEM_LXC_PATH)) {
      return Path.of(SYSTEM_LOG_PATH, name + ".log");
    }
    // LXC would make the directory of a container that does not exist, only to log that.
    Path directory = lxcPath.resolve(name);
    return Files.isDirectory(directory) ? directory.resolve(name + ".log") : null;
  }
}
