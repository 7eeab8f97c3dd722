package dev.coffer.tools.command;

import dev.coffer.ConsoleOptions;
import dev.coffer.Container;
import dev.coffer.model.ContainerState;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.util.List;

/** lxc-console: uses a terminal of a running container. */
public final class ConsoleTool implements Tool {
  private static final char DEFAULT_ESCAPE = 'a';
  private static final int CONTROL = 0x1f;

  private static final Option TTY =
      Option.value(
          't',
          "tty",
          "NUMBER",
          "The terminal to use: 0 for the console; without it the first that is free.");
  private static final Option ESCAPE =
      Option.value(
          'e', "escape", "PREFIX", "Leave with Ctrl and this letter, then q; ^a or a by default.");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-console",
          "--name=NAME [--tty NUMBER]",
          "uses a terminal of a running container",
          "Connects this terminal with one of the container's, where a getty or shell listens. What it"
              + " had to say while nobody looked comes first as far as the terminal has kept it.\n\n"
              + "Exit code: 0 when the user has left or the container has stopped, 1 when there is no"
              + " such terminal or somebody else uses it.",
          OptionTable.of(TTY, ESCAPE),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public int run(Session session) {
    char letter = letter(session.value(ESCAPE).orElse("^" + DEFAULT_ESCAPE));
    int tty =
        session.value(TTY).map(text -> Numbers.natural("-t", text)).orElse(ConsoleOptions.ANY);
    Container container = session.container();
    if (container.state() == ContainerState.STOPPED) {
      session.log().error(session.name() + " is not running");
      return Runner.FAILED;
    }
    session.flush();
    return container.console(
        new ConsoleOptions(
            tty, letter & CONTROL, number -> session.err().print(greeting(number, letter))));
  }

  private static char letter(String prefix) {
    String letter = prefix.startsWith("^") ? prefix.substring(1) : prefix;
    if (letter.isEmpty() || !Character.toString(letter.charAt(0)).matches("[A-Za-z]")) {
      throw new BadArgument("-e " + prefix + ": not a letter");
    }
    return Character.toLowerCase(letter.charAt(0));
  }

  static String greeting(int tty, char letter) {
    return "\nConnected to tty "
        + tty
        + "\nType <Ctrl+"
        + letter
        + " q> to exit the console, <Ctrl+"
        + letter
        + " Ctrl+"
        + letter
        + "> to enter Ctrl+"
        + letter
        + " itself\n";
  }
}
