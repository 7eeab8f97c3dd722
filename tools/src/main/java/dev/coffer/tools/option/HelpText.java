package dev.coffer.tools.option;

import dev.coffer.tools.text.Paragraph;
import java.util.List;
import java.util.Locale;

/** The text of {@code --help} and {@code --usage}, made from a command's page. */
public final class HelpText {
  private static final int WIDTH = 80;
  private static final int WIDEST_FORM = 32;
  private static final int USAGE_PER_LINE = 4;

  private HelpText() {}

  /** Help in the shape LXC's tools give it. */
  public static String lxc(CommandPage page) {
    StringBuilder out = new StringBuilder(2048);
    out.append("Usage: ")
        .append(page.program())
        .append(' ')
        .append(page.arguments())
        .append("\n\n");
    out.append(page.program()).append(": ").append(page.summary()).append("\n\nOptions :\n");
    appendGrouped(out, page.ownOptions());
    out.append("\nCommon options :\n");
    appendOptions(out, page.commonOptions());
    out.append(
        "\nMandatory or optional arguments to long options are also mandatory or optional\n");
    out.append("for any corresponding short options.\n\n");
    out.append("See the ").append(page.program()).append(" man page for further information.\n\n");
    return out.toString();
  }

  /**
   * Help for people who meet a command for the first time: purpose, form, examples, then options.
   */
  public static String coffer(CommandPage page) {
    StringBuilder out = new StringBuilder(2048);
    out.append(page.program()).append(": ").append(page.summary()).append("\n\n");
    out.append("Usage: ").append(page.program());
    out.append(page.arguments().isEmpty() ? "" : " ").append(page.arguments()).append('\n');
    for (String paragraph : page.description().split("\n\n")) {
      if (!paragraph.isEmpty()) {
        out.append('\n');
        Paragraph.append(out, paragraph.replace('\n', ' '), 0, 0, WIDTH);
      }
    }
    if (!page.examples().isEmpty()) {
      out.append("\nExamples:\n");
      for (CommandPage.Example example : page.examples()) {
        out.append("  ").append(example.command()).append("\n      ");
        Paragraph.append(out, example.effect(), 6, 6, WIDTH);
      }
    }
    if (!page.options().own().isEmpty()) {
      out.append("\nOptions:\n");
      appendGrouped(out, page.ownOptions());
    }
    out.append("\nCommon options:\n");
    appendOptions(out, page.commonOptions());
    return out.toString();
  }

  /** All options in brackets, four to a line, as LXC's {@code --usage} prints them. */
  public static String usage(CommandPage page) {
    StringBuilder out = new StringBuilder(512);
    out.append("Usage: ").append(page.program()).append(' ');
    List<Option> options = page.options().all();
    for (int i = 0; i < options.size(); i++) {
      Option option = options.get(i);
      out.append('[');
      if (option.letter() != 0) {
        out.append('-').append(option.letter()).append('|');
      }
      out.append("--").append(option.name());
      String value = option.name().toUpperCase(Locale.ROOT);
      switch (option.value()) {
        case NONE -> {}
        case OPTIONAL -> out.append("[=").append(value).append(']');
        case REQUIRED -> out.append('=').append(value);
      }
      out.append("] ");
      if ((i + 1) % USAGE_PER_LINE == 0) {
        out.append("\n\t");
      }
    }
    return out.append('\n').toString();
  }

  private static void appendGrouped(StringBuilder out, List<Option> options) {
    appendOptions(out, options.stream().filter(option -> option.group().isEmpty()).toList());
    options.stream()
        .map(Option::group)
        .filter(group -> !group.isEmpty())
        .distinct()
        .forEach(group -> {
          out.append("\n  ").append(group).append(":\n");
          appendOptions(
              out, options.stream().filter(option -> option.group().equals(group)).toList());
        });
  }

  private static void appendOptions(StringBuilder out, List<Option> options) {
    int widest = 0;
    for (Option option : options) {
      widest = Math.max(widest, Math.min(WIDEST_FORM, 6 + option.longForm().length()));
    }
    int column = widest + 2;
    for (Option option : options) {
      int start = out.length();
      if (option.showsLetter()) {
        out.append("  -").append(option.letter()).append(", ");
      } else {
        out.append("      ");
      }
      out.append(option.longForm());
      int length = out.length() - start;
      if (length > widest) {
        out.append('\n').repeat(' ', column);
      } else {
        out.repeat(' ', column - length);
      }
      Paragraph.append(out, option.help(), column, column, WIDTH);
    }
  }
}
