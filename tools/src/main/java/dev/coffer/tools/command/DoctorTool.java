package dev.coffer.tools.command;

import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import java.util.List;

/** {@code coffer doctor}: what this machine offers to containers, and what is missing. */
public final class DoctorTool implements Tool {
  private static final CommandPage PAGE =
      new CommandPage(
          "coffer doctor",
          "",
          "tells what this machine offers and what is missing",
          "",
          OptionTable.bare(OutputFormat.OPTION),
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
