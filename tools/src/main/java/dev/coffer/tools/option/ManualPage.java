package dev.coffer.tools.option;

import java.util.List;
import java.util.Locale;

/** Manual pages in troff's man(7) macros, made from a command's page. */
public final class ManualPage {
  private ManualPage() {}

  public static String of(CommandPage page) {
    StringBuilder out = new StringBuilder(4096);
    String file = page.program().replace(' ', '-');
    head(out, file, page.summary());
    out.append(".SH SYNOPSIS\n.B ").append(escape(page.program())).append("\n");
    out.append(escape(page.arguments())).append('\n');
    section(out, page);
    if (!page.ownOptions().isEmpty()) {
      out.append(".SH OPTIONS\n");
      page.ownOptions().forEach(option -> option(out, option));
    }
    out.append(".SH COMMON OPTIONS\n");
    page.commonOptions().forEach(option -> option(out, option));
    examples(out, page);
    return foot(out);
  }

  /** One page for a program with verbs. */
  public static String ofVerbs(String program, List<CommandPage> verbs) {
    StringBuilder out = new StringBuilder(8192);
    head(out, program, "runs Linux containers");
    out.append(".SH SYNOPSIS\n.B ").append(program).append("\nCOMMAND [ARGUMENT\\[u2026]]\n");
    out.append(".SH COMMANDS\n");
    for (CommandPage verb : verbs) {
      out.append(".SS ").append(escape(verb.program() + " " + verb.arguments())).append('\n');
      out.append(sentence(verb.summary())).append('\n');
      paragraphs(out, verb.description());
      verb.options().own().forEach(option -> option(out, option));
      examples(out, verb);
    }
    out.append(".SH COMMON OPTIONS\n");
    CommonOptions.ALL.stream()
        .filter(option -> option != CommonOptions.QUESTION)
        .forEach(option -> option(out, option));
    return foot(out);
  }

  private static void head(StringBuilder out, String file, String summary) {
    out.append(".TH ").append(file.toUpperCase(Locale.ROOT)).append(" 1 \"\" Coffer\n");
    out.append(".SH NAME\n").append(escape(file)).append(" \\- ").append(escape(summary));
    out.append('\n');
  }

  private static void section(StringBuilder out, CommandPage page) {
    out.append(".SH DESCRIPTION\n");
    if (page.description().isEmpty()) {
      out.append(sentence(page.summary())).append('\n');
    }
    paragraphs(out, page.description());
  }

  private static void paragraphs(StringBuilder out, String description) {
    for (String paragraph : description.split("\n\n")) {
      if (!paragraph.isEmpty()) {
        out.append(".PP\n").append(escape(paragraph)).append('\n');
      }
    }
  }

  private static void option(StringBuilder out, Option option) {
    out.append(".TP\n");
    if (option.showsLetter()) {
      out.append("\\fB\\-").append(option.letter()).append("\\fR, ");
    }
    out.append("\\fB").append(escape(option.longForm())).append("\\fR\n");
    String group = option.group().isEmpty() ? "" : option.group() + ": ";
    out.append(escape(group + option.help())).append('\n');
  }

  private static void examples(StringBuilder out, CommandPage page) {
    if (!page.examples().isEmpty()) {
      out.append(".PP\n.B Examples\n");
    }
    for (CommandPage.Example example : page.examples()) {
      out.append(".TP\n").append(escape(example.command())).append('\n');
      out.append(escape(example.effect())).append('\n');
    }
  }

  private static String foot(StringBuilder out) {
    return out.append(".SH SEE ALSO\n.BR coffer (1)\n").toString();
  }

  private static String sentence(String summary) {
    String text = escape(summary);
    return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
  }

  /** Backslashes and dashes are troff's own; a line must not begin with a dot or a quote. */
  static String escape(String text) {
    String escaped =
        text.replace("\\", "\\e").replace("-", "\\-").replace("…", "\\[u2026]").replace("\n", " ");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
