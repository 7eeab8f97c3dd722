package dev.coffer.tools.option;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * All there is to say about a command: what help, usage and manual page are made from.
 *
 * @param program its name as typed, such as {@code lxc-start} or {@code coffer start}
 * @param arguments how it is called, behind the name
 * @param summary a few words without full stop, for lists
 * @param description paragraphs, divided by empty lines; may be empty
 */
public record CommandPage(
    String program,
    String arguments,
    String summary,
    String description,
    OptionTable options,
    List<Example> examples) {
  /** A command line and what it does. */
  public record Example(String command, String effect) {}

  public CommandPage {
    Objects.requireNonNull(program);
    Objects.requireNonNull(description);
    examples = List.copyOf(examples);
  }

  /** The same command under another name and with words of its own. */
  public CommandPage as(String program, String arguments, String summary, List<Example> examples) {
    return new CommandPage(program, arguments, summary, description, options, examples);
  }

  /** The options a reader looks for first: the command's own, and the name where it takes one. */
  List<Option> ownOptions() {
    if (!options.all().contains(CommonOptions.NAME) || !arguments.contains("NAME")) {
      return options.own();
    }
    List<Option> own = new ArrayList<>();
    own.add(CommonOptions.NAME);
    own.addAll(options.own());
    return own;
  }

  /** The options every tool has, help first; the name is not among them. */
  List<Option> commonOptions() {
    List<Option> common = new ArrayList<>();
    for (Option option : CommonOptions.ALL) {
      boolean shown = option != CommonOptions.NAME && option != CommonOptions.HELP;
      if (shown && options.all().contains(option) && !hidesBehindOwn(option)) {
        common.add(option);
      }
    }
    return common;
  }

  private boolean hidesBehindOwn(Option common) {
    for (Option option : options.own()) {
      if (option.name().equals(common.name())) {
        return true;
      }
    }
    return false;
  }
}
