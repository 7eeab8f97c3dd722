package dev.coffer.tools.command;

import dev.coffer.config.ConfigUpdate;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.nio.file.Path;
import java.util.List;

/** lxc-update-config: from the names of LXC 1 and 2 to today's. */
public final class UpdateConfigTool implements Tool {
  private static final Option CONFIG =
      Option.value('c', "config", "FILE", "The container's configuration file.");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-update-config",
          "--config=FILE",
          "gives the keys of LXC 1 and 2 their present names",
          "Coffer reads former names as they are; LXC 3 and later do not. The file as it was is kept"
              + " as FILE.backup.",
          OptionTable.bare(CONFIG),
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
    Path file =
        session.path(CONFIG).orElseThrow(() -> new BadArgument("no file; give one with -c"));
    ConfigUpdate.update(file);
    return Runner.OK;
  }
}
