package dev.coffer.tools.option;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Completion for fish(1), for all tools and verbs, made from their pages. */
public final class FishCompletion {
  private static final String NAMES = " -a '(lxc-ls -1 2>/dev/null)'";

  private FishCompletion() {}

  /**
   * The files for fish's directory of completions, each by the command it is for.
   *
   * @param verbs pages whose program is {@code program} and a verb
   */
  public static Map<String, String> of(
      List<CommandPage> tools, String program, List<CommandPage> verbs) {
    Map<String, String> files = new LinkedHashMap<>();
    for (CommandPage tool : tools) {
      files.put(tool.program(), commands(tool, "complete -c " + tool.program()));
    }
    StringBuilder out = new StringBuilder(8192);
    for (CommandPage verb : verbs) {
      String word = verb.program().substring(program.length() + 1);
      out.append("complete -c ").append(program).append(" -f -n __fish_use_subcommand -a ");
      out.append(word).append(" -d ").append(quoted(verb.summary())).append('\n');
      String when = " -n '__fish_seen_subcommand_from " + word + "'";
      out.append(commands(verb, "complete -c " + program + when));
    }
    files.put(program, out.toString());
    return files;
  }

  private static String commands(CommandPage page, String start) {
    StringBuilder out = new StringBuilder(1024);
    if (page.arguments().contains("NAME")) {
      out.append(start).append(" -f").append(NAMES).append('\n');
    }
    for (Option option : page.options().all()) {
      if (option != CommonOptions.QUESTION) {
        out.append(start).append(option(option)).append('\n');
      }
    }
    return out.toString();
  }

  private static String option(Option option) {
    StringBuilder out = new StringBuilder(128);
    if (option.showsLetter()) {
      out.append(" -s ").append(option.letter());
    }
    out.append(" -l ").append(option.name());
    if (option.value() == Option.Value.REQUIRED) {
      out.append(option.takesFile() ? " -r -F" : " -x");
      if (option == CommonOptions.NAME) {
        out.append(NAMES);
      }
    }
    return out.append(" -d ").append(quoted(option.firstSentence())).toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
