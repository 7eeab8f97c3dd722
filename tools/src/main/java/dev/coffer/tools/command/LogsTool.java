package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.tools.Output;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.text.TerminalText;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code coffer logs}: what a container's console printed last, also after its end. */
public final class LogsTool implements Tool {
  private static final Option FOLLOW =
      Option.flag('f', "follow", "Go on with what it prints from now on, until interrupted.")
          .ours();
  private static final Option LINES =
      Option.value('t', "tail", "LINES", "Only the last LINES lines.").ours();

  private static final CommandPage PAGE =
      new CommandPage(
          "coffer logs",
          "NAME [-f] [-t LINES]",
          "prints what the console of a container printed last",
          "Every container with a console of its own keeps the last of what its console printed, while"
              + " nobody looks and after its end, until the next start; lxc.console.buffer.size says"
              + " how much. Of a container that LXC's tools keep running, this takes what LXC's ring"
              + " buffer has, which gives everything once. On a terminal, control sequences other than"
              + " colours are shown instead of obeyed; a file or a pipe gets all bytes as they are.",
          OptionTable.of(FOLLOW, LINES),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public int run(Session session) {
    Optional<Integer> lines = session.value(LINES).map(text -> Numbers.natural("-t", text));
    Container container = session.container();
    if (!container.isDefined() && container.initPid().isEmpty()) {
      session
          .log()
          .error(
              "it does not exist", List.of("hint  \"coffer list\" shows the containers there are"));
      return Runner.FAILED;
    }
    Output out = session.out();
    boolean terminal = session.invocation().stdoutIsTerminal();
    Printer printer = new Printer(out, lines, terminal);
    if (!container.consoleLog(session.has(FOLLOW), printer::print)) {
      session
          .log()
          .error(
              "nothing is kept of its console",
              List.of("hint  it has not been started yet, or its console is a file or device"));
      return Runner.FAILED;
    }
    return Runner.OK;
  }

  /** Cuts the first piece down to the lines that are wanted. */
  private static final class Printer {
    private final Output out;
    private final Optional<TerminalText> shown;
    private Optional<Integer> lines;

    private Printer(Output out, Optional<Integer> lines, boolean terminal) {
      this.out = out;
      this.lines = lines;
      this.shown = terminal ? Optional.of(new TerminalText()) : Optional.empty();
    }

    private void print(byte[] text) {
      byte[] wanted = lines.isPresent() ? last(text, lines.get()) : text;
      out.print(shown.isPresent() ? shown.get().next(wanted) : wanted);
      out.flush();
      lines = Optional.empty();
      if (out.isAbandoned()) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static byte[] last(byte[] text, int lines) {
    int at = text.length;
    for (int left = lines; at > 0; at--) {
      boolean lineBefore = text[at - 1] == '\n' && at < text.length;
      if (lineBefore && --left == 0 || lines == 0) {
        break;
      }
    }
    return Arrays.copyOfRange(text, at, text.length);
  }
}
