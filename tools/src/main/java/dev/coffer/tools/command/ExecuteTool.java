package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.StartOptions;
import dev.coffer.StartOptions.Kind;
import dev.coffer.tools.option.Arguments;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import java.util.List;

/** lxc-execute: runs one command in a container of its own, below a minimal init. */
public final class ExecuteTool implements Tool {
  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-execute",
          "--name=NAME -- COMMAND",
          "runs one command in a container of its own",
          "Starts the container NAME with a minimal init and COMMAND below it, and exits with the"
              + " command's status. The container ends with the command. Without COMMAND, lxc.execute.cmd"
              + " is run.",
          OptionTable.of(
              StartArguments.DAEMON,
              StartArguments.RC_FILE,
              StartArguments.DEFINE,
              IdOption.UID.option(),
              IdOption.GID.option(),
              StartArguments.SHARE_NET,
              StartArguments.SHARE_IPC,
              StartArguments.SHARE_UTS,
              StartArguments.SHARE_PID,
              StartArguments.EXPLAIN,
              OutputFormat.OPTION),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean runsCommand() {
    return true;
  }

  @Override
  public Launch launches(Arguments arguments) {
    if (arguments.has(StartArguments.EXPLAIN)) {
      return Launch.NONE;
    }
    return arguments.has(StartArguments.DAEMON) ? Launch.DETACHED : Launch.FOREGROUND;
  }

  @Override
  public int run(Session session) {
    StartOptions options = read(session);
    Container container = session.container();
    if (options.configFile().isEmpty() && !container.isDefined()) {
      session
          .log()
          .error(
              "Executing a container with no configuration file may crash the host",
              StartTool.hints(session));
      return Runner.FAILED;
    }
    if (options.command().isEmpty() && !commandConfigured(container, options)) {
      session
          .log()
          .error(
              "No command to execute",
              List.of("hint  give one behind --, or set lxc.execute.cmd in the configuration"));
      return Runner.FAILED;
    }
    if (session.has(StartArguments.EXPLAIN)) {
      return PlanPrinter.print(session, container, options);
    }
    session.flush();
    int status = container.start(options);
    return options.foreground() ? status : Runner.OK;
  }

  /** A configuration of the caller's choice is not read here; its start says what it lacks. */
  private static boolean commandConfigured(Container container, StartOptions options) {
    return options.configFile().isPresent()
        || options.overrides().stream().anyMatch(line -> line.startsWith("lxc.execute.cmd"))
        || !container.configItem("lxc.execute.cmd").orElse("").isEmpty();
  }

  private static StartOptions read(Session session) {
    StartOptions shared =
        StartArguments.read(session, Kind.APPLICATION, !session.has(StartArguments.DAEMON));
    return new StartOptions(
        shared.kind(),
        shared.foreground(),
        shared.command(),
        shared.configFile(),
        shared.overrides(),
        shared.pidFile(),
        shared.console(),
        shared.consoleLog(),
        shared.share(),
        IdOption.UID.read(session),
        IdOption.GID.read(session));
  }
}
