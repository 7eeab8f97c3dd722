package dev.coffer.tools.option;

import java.util.List;
import java.util.stream.Collectors;

/** Completion for zsh(1), for all tools and verbs, made from their pages. */
public final class ZshCompletion {
  private static final String NAMES =
      """
      _coffer_names() {
        local -a names
        names=(${(f)"$(lxc-ls -1 2>/dev/null)"})
        compadd -a names
      }
      """;

  private ZshCompletion() {}

  /**
   * The text of a file {@code _coffer} in one of zsh's {@code fpath}.
   *
   * @param verbs pages whose program is {@code program} and a verb
   */
  public static String of(List<CommandPage> tools, String program, List<CommandPage> verbs) {
    StringBuilder out = new StringBuilder(16384).append("#compdef ").append(program);
    tools.forEach(tool -> out.append(' ').append(tool.program()));
    out.append("\n# Made from the option tables of coffer and the lxc-* tools.\n").append(NAMES);
    out.append("_coffer_verbs() {\n  local -a verbs\n  verbs=(\n");
    for (CommandPage verb : verbs) {
      String word = verb.program().substring(program.length() + 1);
      out.append("    ").append(quoted(word + ":" + verb.summary())).append('\n');
    }
    out.append("  )\n  _describe command verbs\n}\n_coffer_tool() {\n  case $1 in\n");
    verbs.forEach(verb -> out.append(arguments(verb)));
    tools.forEach(tool -> out.append(arguments(tool)));
    out.append("  esac\n}\nif [[ $service != ").append(program).append(" ]]; then\n");
    out.append("  _coffer_tool $service\nelif ((CURRENT == 2)); then\n  _coffer_verbs\nelse\n");
    out.append("  local verb=$words[2]\n  shift words\n  ((CURRENT--))\n");
    return out.append("  _coffer_tool \"").append(program).append(" $verb\"\nfi\n").toString();
  }

  private static String arguments(CommandPage page) {
    String specs =
        page.options().all().stream()
            .filter(option -> option != CommonOptions.QUESTION)
            .map(ZshCompletion::spec)
            .collect(Collectors.joining(" \\\n        "));
    boolean named = page.arguments().contains("NAME");
    String rest =
        named ? "'1:container:_coffer_names' '*::command:_normal'" : "'*:argument:_files'";
    return "    '"
        + page.program()
        + "')\n      _arguments -s \\\n        "
        + specs
        + " \\\n        "
        + rest
        + " ;;\n";
  }

  private static String spec(Option option) {
    boolean value = option.value() == Option.Value.REQUIRED;
    String name = "--" + option.name() + (value ? "=" : "");
    String what = "[" + plain(option.firstSentence()) + "]" + (value ? value(option) : "");
    if (!option.showsLetter()) {
      return quoted(name + what);
    }
    String letter = "-" + option.letter();
    String both = "(" + letter + " --" + option.name() + ")";
    return quoted(both) + "{" + letter + (value ? "+" : "") + "," + name + "}" + quoted(what);
  }

  private static String value(Option option) {
    String action =
        option == CommonOptions.NAME ? "_coffer_names" : option.takesFile() ? "_files" : " ";
    return ":" + plain(option.placeholder()) + ":" + action;
  }

  /** Without what has a meaning in a specification of _arguments. */
  private static String plain(String text) {
    return text.replaceAll("[\\[\\]]", "").replace(":", "\\:");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
