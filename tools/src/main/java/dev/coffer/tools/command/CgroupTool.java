package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerState;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import java.util.List;

/** lxc-cgroup: a file of a running container's cgroup. */
public final class CgroupTool implements Tool {
  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-cgroup",
          "--name=NAME OBJECT [VALUE]",
          "shows or sets a value of a running container's cgroup",
          "OBJECT is a file's name, such as memory.max or cpuset.cpus. What is set holds until the"
              + " container ends; a line lxc.cgroup2.OBJECT = VALUE (lxc.cgroup.OBJECT on cgroup"
              + " v1) in its configuration makes it stay.",
          OptionTable.of(),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public int run(Session session) {
    List<String> words = session.operands();
    if (words.isEmpty()) {
      throw new BadArgument("missing state object");
    }
    Container container = session.container();
    String place = "'" + session.lxcPath() + ":" + session.name() + "'";
    if (container.state() == ContainerState.STOPPED) {
      session.log().error(place + " is not running");
      return Runner.FAILED;
    }
    String object = words.getFirst();
    if (words.size() == 1) {
      return show(session, container, object, place);
    }
    try {
      container.setCgroupValue(object, words.get(1));
      return Runner.OK;
    } catch (CofferException e) {
      session
          .log()
          .error(
              "Failed to assign '" + words.get(1) + "' value to '" + object + "' for " + place,
              reason(e));
      return Runner.FAILED;
    }
  }

  /** As LXC's, with a newline of its own behind that of the file. */
  private static int show(Session session, Container container, String object, String place) {
    try {
      session.out().print(container.cgroupValue(object));
      session.out().print("\n");
      return Runner.OK;
    } catch (CofferException e) {
      session.log().error("Failed to retrieve value of '" + object + "' for " + place, reason(e));
      return Runner.FAILED;
    }
  }

  private static List<String> reason(CofferException e) {
    List<String> details = new java.util.ArrayList<>(List.of("why  " + e.getMessage()));
    details.addAll(e.details());
    return details;
  }
}
