package dev.coffer.tools.command;

import dev.coffer.image.server.Meter;
import dev.coffer.image.server.TerminalMeter;

/** How long work is shown to whoever waits for it. */
final class Progress {
  private Progress() {}

  /** Drawn on a terminal; a file gets nothing, as lxc-create is silent there. */
  static Meter of(Session session) {
    if (!session.invocation().stderrIsTerminal()) {
      return Meter.NONE;
    }
    return new TerminalMeter(text -> {
      session.err().print(text);
      session.err().flush();
    });
  }
}
