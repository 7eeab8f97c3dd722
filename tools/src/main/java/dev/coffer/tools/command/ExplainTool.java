package dev.coffer.tools.command;

import dev.coffer.tools.option.CommandPage;

/** {@code coffer explain}: lxc-start with {@code --explain} always on. */
public final class ExplainTool implements Tool {
  private final StartTool start = new StartTool();

  @Override
  public CommandPage page() {
    return start.page();
  }

  @Override
  public boolean runsCommand() {
    return true;
  }

  @Override
  public int run(Session session) {
    return start.explain(session);
  }
}
