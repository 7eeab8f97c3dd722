package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.DestroyOptions;
import dev.coffer.model.ContainerState;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.util.List;

/** lxc-destroy: deletes a container with all its files. */
public final class DestroyTool implements Tool {
  private static final Option FORCE = Option.flag('f', "force", "Stop it first when it runs.");
  private static final Option SNAPSHOTS =
      Option.flag('s', "snapshots", "Delete its snapshots as well.");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-destroy",
          "--name=NAME [-f] [-P lxcpath]",
          "deletes a container with all its files",
          "A running container is refused unless -f is given, and so is one that has snapshots or"
              + " clones.",
          OptionTable.of(FORCE, SNAPSHOTS),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean logsBesideContainer() {
    return false;
  }

  @Override
  public int run(Session session) {
    Container container = session.container();
    if (!container.isDefined()) {
      session.log().error("Container is not defined");
      return Runner.FAILED;
    }
    boolean force = session.has(FORCE);
    if (!force && container.state() != ContainerState.STOPPED) {
      session.log().error(session.name() + " is running");
      return Runner.FAILED;
    }
    container.destroy(new DestroyOptions(force, session.has(SNAPSHOTS)));
    return Runner.OK;
  }
}
