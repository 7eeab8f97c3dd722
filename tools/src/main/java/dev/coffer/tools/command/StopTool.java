package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.StopOptions;
import dev.coffer.StopOptions.Action;
import dev.coffer.model.ContainerState;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.time.Duration;
import java.util.List;

/** lxc-stop: shuts a container down, restarts it or kills it. */
public final class StopTool implements Tool {
  private static final int NOT_RUNNING = 2;
  private static final int DEFAULT_TIMEOUT = 60;
  private static final int FOREVER = -1;

  /** A hundred years; fits into nanoseconds. */
  private static final Duration VERY_LONG = Duration.ofDays(36_500);

  private static final Option REBOOT = Option.flag('r', "reboot", "Restart it.");
  private static final Option NO_WAIT =
      Option.flag('W', "nowait", "Return at once; do not wait for the shutdown or restart.");
  private static final Option TIMEOUT =
      Option.value(
          't', "timeout", "T", "Wait T seconds before killing it (default 60; -1 without limit).");
  private static final Option KILL =
      Option.flag('k', "kill", "Kill it instead of asking its init.");
  private static final Option NO_KILL =
      Option.flag("nokill", "Never kill it; fail when the time is over.");
  private static final Option NO_LOCK =
      Option.flag("nolock", "Accepted with -k; a kill never waits for a lock.");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-stop",
          "--name=NAME",
          "stops a container",
          "Asks the container's init to shut down, waits, and kills what is left when the time is"
              + " over.\n\nExit code: 0 it has stopped, 1 it has not, 2 it was not running.",
          OptionTable.of(REBOOT, NO_WAIT, TIMEOUT, KILL, NO_KILL, NO_LOCK),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public int run(Session session) {
    boolean kill = session.has(KILL);
    int timeout = timeout(session, kill);
    String conflict = conflict(session, kill, timeout);
    if (!conflict.isEmpty()) {
      session.log().error(conflict);
      return Runner.FAILED;
    }
    Container container = session.container();
    if (container.state() == ContainerState.STOPPED) {
      session.log().error(session.name() + " is not running");
      return NOT_RUNNING;
    }
    Action action = kill ? Action.KILL : session.has(REBOOT) ? Action.REBOOT : Action.SHUTDOWN;
    boolean await = kill || timeout != 0;
    boolean thenKill = action == Action.KILL || !session.has(NO_KILL) && action != Action.REBOOT;
    StopOptions options = new StopOptions(action, duration(kill, timeout), await, thenKill);
    try (HookWatch _ = HookWatch.over(session, container, "; it goes on when you leave")) {
      return container.stop(options) || !await ? Runner.OK : Runner.FAILED;
    }
  }

  private static Duration duration(boolean kill, int timeout) {
    if (kill) {
      return Duration.ofSeconds(DEFAULT_TIMEOUT);
    }
    return timeout == FOREVER ? VERY_LONG : Duration.ofSeconds(timeout);
  }

  private static int timeout(Session session, boolean kill) {
    int timeout =
        session
            .value(TIMEOUT)
            .map(text ->
                Numbers.whole(text)
                    .orElseThrow(() -> new BadArgument("-t " + text + ": not a number")))
            .orElse(kill ? 0 : DEFAULT_TIMEOUT);
    return session.has(NO_WAIT) ? 0 : timeout;
  }

  private static String conflict(Session session, boolean kill, int timeout) {
    if (!kill && timeout < FOREVER) {
      return "invalid timeout";
    }
    if (kill && session.has(NO_KILL)) {
      return "-k can't be used with --nokill";
    }
    if (kill && session.has(REBOOT)) {
      return "-k can't be used with -r";
    }
    if (kill && timeout != 0) {
      return "-k doesn't allow timeouts";
    }
    if (session.has(NO_LOCK) && !kill) {
      return "--nolock may only be used with -k";
    }
    return "";
  }
}
