package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.StartOptions;
import dev.coffer.StartOptions.Kind;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerState;
import dev.coffer.tools.option.Arguments;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** lxc-start: starts a container, or explains how it would. */
public final class StartTool implements Tool {
  private static final Option FOREGROUND =
      Option.flag('F', "foreground", "Stay with the container; this terminal becomes its console.");
  private static final Option CONSOLE =
      Option.value('c', "console", "FILE", "Device or file to use as the container's console.");
  private static final Option CONSOLE_LOG =
      Option.value('L', "console-log", "FILE", "Copy the console's output to FILE.");
  private static final Option CLOSE_ALL_FDS =
      Option.flag(
          'C', "close-all-fds", "Accepted; no file of the caller ever reaches the container.");
  private static final Option PID_FILE =
      Option.value(
          'p', "pidfile", "FILE", "Write the process id of the container's keeper to FILE.");
  private static final Option PASS_STATUS =
      Option.flag("pass-status", "With -F, exit with the status of the container's init.").ours();

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-start",
          "--name=NAME -- COMMAND",
          "starts a container",
          "Starts the container NAME with its own init, or with COMMAND in place of it. Returns once it"
              + " runs; with -F it stays until the container has stopped.\n\n"
              + "A container that runs already is left alone, which is no error.",
          OptionTable.of(
              StartArguments.DAEMON,
              FOREGROUND,
              StartArguments.RC_FILE,
              StartArguments.DEFINE,
              CONSOLE,
              CONSOLE_LOG,
              CLOSE_ALL_FDS,
              PID_FILE,
              StartArguments.SHARE_NET,
              StartArguments.SHARE_IPC,
              StartArguments.SHARE_UTS,
              StartArguments.SHARE_PID,
              StartArguments.EXPLAIN,
              PASS_STATUS,
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
  public int run(Session session) {
    if (session.has(StartArguments.EXPLAIN)) {
      return PlanPrinter.print(session, session.container(), read(session));
    }
    StartOptions options = read(session);
    Container container = session.container();
    if (options.configFile().isEmpty() && !container.isDefined()) {
      if (isRunning(container)) {
        return leaveRunning(session);
      }
      session.log().error("No container config specified", hints(session));
      return Runner.FAILED;
    }
    return start(session, container, options);
  }

  @Override
  public Launch launches(Arguments arguments) {
    if (arguments.has(StartArguments.EXPLAIN)) {
      return Launch.NONE;
    }
    return arguments.lastIs(FOREGROUND, StartArguments.DAEMON)
        ? Launch.FOREGROUND
        : Launch.DETACHED;
  }

  private static boolean isRunning(Container container) {
    return container.state() != ContainerState.STOPPED;
  }

  private static int leaveRunning(Session session) {
    session.log().error("Container is already running");
    return Runner.OK;
  }

  private static int start(Session session, Container container, StartOptions options) {
    session.flush();
    try (HookWatch _ = HookWatch.over(session, container, "; Ctrl+C gives the start up")) {
      int status = container.start(options);
      return options.foreground() && session.has(PASS_STATUS) ? status : Runner.OK;
    } catch (CofferException e) {
      if (isRunning(container)) { // whatever has become of its configuration
        return leaveRunning(session);
      }
      if (session.face() == Face.LXC) {
        session.log().error(e.getMessage(), e.details());
        if (e.exitCode() != Runner.OK) {
          session.log().error("The container failed to start");
        }
        return e.exitCode();
      }
      throw e;
    }
  }

  static List<String> hints(Session session) {
    Path config = session.lxcPath().resolve(session.name()).resolve("config");
    return List.of(
        "hint  there is no "
            + config
            + "; \"coffer list\" shows what is there, \"coffer create "
            + session.name()
            + "\" makes it");
  }

  static StartOptions read(Session session) {
    boolean foreground = session.arguments().lastIs(FOREGROUND, StartArguments.DAEMON);
    StartOptions shared = StartArguments.read(session, Kind.SYSTEM, foreground);
    Optional<String> console =
        session.value(CONSOLE).map(path -> session.invocation().resolve(path).toString());
    return new StartOptions(
        shared.kind(),
        shared.foreground(),
        shared.command(),
        shared.configFile(),
        shared.overrides(),
        session.path(PID_FILE),
        console,
        session.path(CONSOLE_LOG),
        shared.share(),
        shared.uid(),
        shared.gid());
  }
}
