package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerState;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import java.util.List;
import java.util.Optional;

/** lxc-device: gives a running container a device, or takes it away. */
public final class DeviceTool implements Tool {
  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-device",
          "--name=NAME -- add|del DEV [NAME]",
          "gives devices to a running container and takes them away",
          "DEV is a network interface or else a device node. add moves the interface into the container"
              + " (as NAME), or makes the node inside (at NAME, a path) and allows its use; del moves"
              + " the interface back (as NAME), or removes the node and forbids its use. What was"
              + " added is gone after a stop or restart.",
          OptionTable.of(),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public int run(Session session) {
    Container container = session.container();
    if (container.state() == ContainerState.STOPPED) {
      session.log().error("Container " + session.name() + " is not running");
      return Runner.FAILED;
    }
    List<String> words = session.operands();
    if (words.size() < 2) {
      session.log().error("Error: no command given (Please see --help output)");
      return Runner.FAILED;
    }
    Optional<String> name = words.size() > 2 ? Optional.of(words.get(2)) : Optional.empty();
    return switch (words.getFirst()) {
      case "add" ->
          change(session, words, "add", "to", () -> container.addDevice(words.get(1), name));
      case "del" ->
          change(session, words, "del", "from", () -> container.removeDevice(words.get(1), name));
      default -> {
        session.log().error("Error: Please use add or del (Please see --help output)");
        yield Runner.FAILED;
      }
    };
  }

  private static int change(
      Session session, List<String> words, String verb, String direction, Runnable change) {
    try {
      change.run();
      return Runner.OK;
    } catch (CofferException e) {
      session.log().error(e.getMessage(), e.details());
      session
          .log()
          .error("Failed to " + verb + " " + words.get(1) + " " + direction + " " + session.name());
      return Runner.FAILED;
    }
  }
}
