package dev.coffer.tools.command;

import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import java.util.List;

/** lxc-config: settings of the whole installation. */
public final class ConfigTool implements Tool {
  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-config",
          "-l | ITEM",
          "shows settings of the whole installation",
          "",
          OptionTable.bare(),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean wantsName() {
    return false;
  }

  @Override
  public int run(Session session) {
    throw new BadArgument("not there yet");
  }
}
