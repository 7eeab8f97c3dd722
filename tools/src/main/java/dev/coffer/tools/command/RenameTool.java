package dev.coffer.tools.command;

import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import java.util.List;

/** {@code coffer rename}. */
public final class RenameTool implements Tool {
  private static final CommandPage PAGE =
      new CommandPage(
          "coffer rename",
          "NAME NEWNAME",
          "gives a container another name",
          "The container must be stopped, and have no snapshots and no clones.",
          OptionTable.of(),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public int run(Session session) {
    if (session.operands().size() != 1) {
      throw new BadArgument("give the new name");
    }
    session.container().rename(session.operands().getFirst());
    return Runner.OK;
  }
}
