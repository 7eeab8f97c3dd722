package dev.coffer.tools.option;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Completion for bash(1), for all tools and verbs, made from their pages. */
public final class BashCompletion {
  private static final String HEAD =
      """
      # Completion for coffer and the lxc-* tools; made from their option tables.
      _coffer_words() {
        local current=$1 names=$2
        shift 2
        if [[ $current == -* ]]; then
          COMPREPLY=($(compgen -W "$*" -- "$current"))
        elif [[ $names == yes ]]; then
          COMPREPLY=($(compgen -W "$(lxc-ls -1 2>/dev/null)" -- "$current"))
        else
          COMPREPLY=($(compgen -W "$names" -- "$current"))
        fi
      }
      """;

  private BashCompletion() {}

  /**
   * @param verbs pages whose program is {@code program} and a verb
   */
  public static String of(List<CommandPage> tools, String program, List<CommandPage> verbs) {
    StringBuilder out = new StringBuilder(8192).append(HEAD);
    for (CommandPage tool : tools) {
      String function = "_coffer_" + tool.program().replace('-', '_');
      out.append(function).append("() {\n  _coffer_words \"$2\" ").append(names(tool));
      out.append(' ').append(words(tool)).append("\n}\n");
      out.append("complete -o default -F ").append(function).append(' ');
      out.append(tool.program()).append('\n');
    }
    verbs(out, program, verbs);
    return out.toString();
  }

  private static void verbs(StringBuilder out, String program, List<CommandPage> verbs) {
    List<String> words = new ArrayList<>();
    for (CommandPage verb : verbs) {
      words.add(verb(verb));
    }
    out.append("_coffer() {\n  if ((COMP_CWORD == 1)); then\n    COMPREPLY=($(compgen -W \"");
    out.append(String.join(" ", words))
        .append(" --help --version\" -- \"$2\"))\n    return\n  fi\n");
    out.append("  case ${COMP_WORDS[1]} in\n");
    for (CommandPage verb : verbs) {
      String second = verb(verb).equals("help") ? "'" + String.join(" ", words) + "'" : names(verb);
      out.append("    ").append(verb(verb)).append(") _coffer_words \"$2\" ").append(second);
      out.append(' ').append(words(verb)).append(" ;;\n");
    }
    out.append("  esac\n}\ncomplete -o default -F _coffer ").append(program).append('\n');
  }

  private static String verb(CommandPage page) {
    return page.program().substring(page.program().indexOf(' ') + 1);
  }

  private static String names(CommandPage page) {
    return page.arguments().contains("NAME") ? "yes" : "''";
  }

  private static String words(CommandPage page) {
    Set<String> words = new LinkedHashSet<>();
    for (Option option : page.options().all()) {
      if (option.showsLetter() && option != CommonOptions.QUESTION) {
        words.add("-" + option.letter());
      }
      words.add("--" + option.name() + (option.value() == Option.Value.REQUIRED ? "=" : ""));
    }
    return String.join(" ", words);
  }
}
