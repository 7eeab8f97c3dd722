package dev.coffer.tools.command;

import dev.coffer.model.ContainerState;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** lxc-wait: waits until a container is in one of some states. */
public final class WaitTool implements Tool {
  private static final Option STATE =
      Option.value(
          's',
          "state",
          "STATE",
          "States to wait for, joined by |: STOPPED, STARTING, RUNNING, STOPPING, ABORTING, FREEZING,"
              + " FROZEN, THAWED.");
  private static final Option TIMEOUT =
      Option.value('t', "timeout", "TMO", "Wait TMO seconds at most; 0 looks once.");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-wait",
          "--name=NAME --state=STATE",
          "waits for a container's state",
          "Returns as soon as the container is in one of the states.\n\n"
              + "Exit code: 0 when it is, 1 when the time was over before.",
          OptionTable.of(STATE, TIMEOUT),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public int run(Session session) {
    Optional<String> given = session.value(STATE);
    if (given.isEmpty() || given.get().isEmpty()) {
      throw new BadArgument("no state to wait for; give one with -s");
    }
    Set<ContainerState> states = EnumSet.noneOf(ContainerState.class);
    for (String name : given.get().split("\\|")) {
      Optional<ContainerState> state = state(session, name);
      if (state.isEmpty()) {
        session.log().error("invalid state '" + name + "'");
        return Runner.FAILED;
      }
      states.add(state.get());
    }
    boolean reached = session.container().await(states, timeout(session));
    return reached ? Runner.OK : Runner.FAILED;
  }

  /** LXC's tools take the states in capitals only. */
  private static Optional<ContainerState> state(Session session, String name) {
    boolean spelt = session.face() == Face.COFFER || name.equals(name.toUpperCase(Locale.ROOT));
    return spelt ? ContainerState.parse(name) : Optional.empty();
  }

  private static Optional<Duration> timeout(Session session) {
    return session
        .value(TIMEOUT)
        .map(Numbers::leading)
        .filter(seconds -> seconds >= 0)
        .map(Duration::ofSeconds);
  }
}
