package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerState;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import java.util.List;

/**
 * lxc-freeze and lxc-unfreeze: stops all processes of a container where they are, or lets them go
 * on.
 */
public final class FreezeTool implements Tool {
  /** Which of the two. */
  public enum Way {
    FREEZE,
    UNFREEZE
  }

  private static final CommandPage FREEZE =
      new CommandPage(
          "lxc-freeze",
          "--name=NAME",
          "freezes all processes of a container",
          "The processes keep their memory and get no processor time until lxc-unfreeze.",
          OptionTable.of(),
          List.of());
  private static final CommandPage UNFREEZE =
      new CommandPage(
          "lxc-unfreeze",
          "--name=NAME",
          "lets a frozen container go on",
          "",
          OptionTable.of(),
          List.of());

  private final Way way;

  public FreezeTool(Way way) {
    this.way = way;
  }

  @Override
  public CommandPage page() {
    return way == Way.FREEZE ? FREEZE : UNFREEZE;
  }

  @Override
  public int run(Session session) {
    Container container = session.container();
    boolean running = container.state() != ContainerState.STOPPED;
    if (!running && (way == Way.FREEZE || !container.isDefined())) {
      session.log().error(failure(session), List.of("why  it is not running"));
      return Runner.FAILED;
    }
    if (!running) {
      return Runner.OK;
    }
    try {
      apply(container);
      return Runner.OK;
    } catch (CofferException e) {
      session.log().error(e.getMessage(), e.details());
      session.log().error(failure(session));
      return e.exitCode();
    }
  }

  private void apply(Container container) {
    switch (way) {
      case FREEZE -> container.freeze();
      case UNFREEZE -> container.unfreeze();
    }
  }

  private String failure(Session session) {
    String verb = way == Way.FREEZE ? "freeze" : "unfreeze";
    return "Failed to " + verb + " " + session.lxcPath() + ":" + session.name();
  }
}
