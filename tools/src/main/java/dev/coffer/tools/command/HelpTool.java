package dev.coffer.tools.command;

import dev.coffer.tools.option.BashCompletion;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.FishCompletion;
import dev.coffer.tools.option.HelpText;
import dev.coffer.tools.option.ManualPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.option.ZshCompletion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code coffer help}: the words about a verb or a tool, also as manual page and as completion. */
public final class HelpTool implements Tool {
  private static final Option MAN =
      Option.flag("man", "Print the manual page of COMMAND as troff source.").ours();
  private static final Option COMPLETION =
      Option.optional(
              (char) 0,
              "completion",
              "SHELL",
              "Print completion for bash (default), zsh or fish, for all tools.")
          .ours();

  private static final CommandPage PAGE =
      new CommandPage(
          "coffer help",
          "[COMMAND]",
          "explains a command",
          "COMMAND is a verb of coffer or the name of a tool such as lxc-start.",
          OptionTable.bare(MAN, COMPLETION),
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
    if (session.has(COMPLETION)) {
      String shell = session.value(COMPLETION).orElse("bash");
      session
          .out()
          .print(
              completion(shell)
                  .orElseThrow(() ->
                      new BadArgument("--completion=" + shell + ": bash, zsh or fish is known")));
      return Runner.OK;
    }
    String word = session.operands().isEmpty() ? "" : session.operands().getFirst();
    boolean man = session.has(MAN);
    if (word.isEmpty() || word.equals(CofferCommand.PROGRAM)) {
      return man ? manual(session) : CofferCommand.overview(session.invocation());
    }
    Optional<Tool> tool = LxcTools.find(word);
    Optional<CommandPage> page =
        tool.isPresent() ? tool.map(Tool::page) : Verb.find(word).map(Verb::page);
    if (page.isEmpty()) {
      return CofferCommand.unknown(session.invocation(), word);
    }
    session.out().print(man ? ManualPage.of(page.get()) : help(tool.isPresent(), page.get()));
    return Runner.OK;
  }

  private static String help(boolean lxc, CommandPage page) {
    return lxc ? HelpText.lxc(page) : HelpText.coffer(page);
  }

  private static int manual(Session session) {
    session.out().print(ManualPage.ofVerbs(CofferCommand.PROGRAM, verbPages()));
    return Runner.OK;
  }

  /** The manual pages of all tools, by the tool's name. */
  public static Map<String, String> manualPages() {
    Map<String, String> pages = new TreeMap<>();
    for (String name : LxcTools.NAMES) {
      pages.put(name, ManualPage.of(LxcTools.find(name).orElseThrow().page()));
    }
    pages.put(CofferCommand.PROGRAM, ManualPage.ofVerbs(CofferCommand.PROGRAM, verbPages()));
    return pages;
  }

  /** Completion for a shell, for all tools; empty for an unknown shell. */
  public static Optional<String> completion(String shell) {
    return switch (shell) {
      case "bash" ->
          Optional.of(BashCompletion.of(toolPages(), CofferCommand.PROGRAM, verbPages()));
      case "zsh" -> Optional.of(ZshCompletion.of(toolPages(), CofferCommand.PROGRAM, verbPages()));
      case "fish" -> Optional.of(String.join("", fishFiles().values()));
      default -> Optional.empty();
    };
  }

  /** Completion for fish, by the command it is for. */
  public static Map<String, String> fishFiles() {
    return FishCompletion.of(toolPages(), CofferCommand.PROGRAM, verbPages());
  }

  private static List<CommandPage> toolPages() {
    return LxcTools.NAMES.stream().map(name -> LxcTools.find(name).orElseThrow().page()).toList();
  }

  private static List<CommandPage> verbPages() {
    List<CommandPage> pages = new ArrayList<>();
    for (Verb verb : Verb.values()) {
      pages.add(verb.page());
    }
    return pages;
  }
}
