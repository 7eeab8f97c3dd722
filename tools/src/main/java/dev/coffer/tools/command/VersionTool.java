package dev.coffer.tools.command;

import dev.coffer.tools.Version;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import java.util.List;

/** {@code coffer version}. */
public final class VersionTool implements Tool {
  private static final CommandPage PAGE =
      new CommandPage("coffer version", "", "tells the version", "", OptionTable.bare(), List.of());

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
    session
        .out()
        .println(
            "coffer "
                + Version.COFFER
                + " (in place of LXC "
                + Version.LXC
                + ")\nJava "
                + Runtime.version());
    return Runner.OK;
  }
}
