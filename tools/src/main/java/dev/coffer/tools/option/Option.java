package dev.coffer.tools.option;

import java.util.Objects;

/**
 * One option: the row that parsing, help, usage, completion and manual page are made from.
 *
 * @param letter short form; 0 for none
 * @param name long form
 * @param value whether it takes one
 * @param placeholder what help calls the value; empty without one
 * @param help one sentence or a few
 * @param group heading it stands under in help; empty for the plain list
 * @param origin whose option it is
 */
public record Option(
    char letter,
    String name,
    Value value,
    String placeholder,
    String help,
    String group,
    Origin origin) {
  /** Whether an option takes a value. */
  public enum Value {
    NONE,
    OPTIONAL,
    REQUIRED
  }

  /**
   * Whose option it is; only LXC's own are found by a shortened name that they share with a new
   * one.
   */
  public enum Origin {
    LXC,
    /** LXC's, whose letter exists only as an accident of its table and is left out of help. */
    LXC_ODD_LETTER,
    COFFER
  }

  public Option {
    Objects.requireNonNull(name);
    if (value != Value.NONE && placeholder.isEmpty()) {
      throw new IllegalArgumentException(name);
    }
  }

  public static Option flag(char letter, String name, String help) {
    return new Option(letter, name, Value.NONE, "", help, "", Origin.LXC);
  }

  public static Option flag(String name, String help) {
    return flag((char) 0, name, help);
  }

  public static Option value(char letter, String name, String placeholder, String help) {
    return new Option(letter, name, Value.REQUIRED, placeholder, help, "", Origin.LXC);
  }

  public static Option value(String name, String placeholder, String help) {
    return value((char) 0, name, placeholder, help);
  }

  public static Option optional(char letter, String name, String placeholder, String help) {
    return new Option(letter, name, Value.OPTIONAL, placeholder, help, "", Origin.LXC);
  }

  /** The same row marked as an addition of Coffer. */
  public Option ours() {
    return new Option(letter, name, value, placeholder, help, group, Origin.COFFER);
  }

  /** The same row with a letter that help keeps quiet about. */
  public Option oddLetter(char odd) {
    return new Option(odd, name, value, placeholder, help, group, Origin.LXC_ODD_LETTER);
  }

  /** The same row under a heading of its own in help. */
  public Option under(String heading) {
    return new Option(letter, name, value, placeholder, help, heading, origin);
  }

  /** Whether help, manual page and completion show the letter. */
  public boolean showsLetter() {
    return letter != 0 && origin != Origin.LXC_ODD_LETTER;
  }

  /** Whether its value is a file or directory of the host. */
  public boolean takesFile() {
    return placeholder.equals("FILE")
        || placeholder.equals("DIR")
        || placeholder.endsWith("PATH")
        || placeholder.equals("CONFIG");
  }

  /** The help's first sentence, without its full stop. */
  public String firstSentence() {
    int end = help.indexOf(". ");
    String first = end < 0 ? help : help.substring(0, end);
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }

  /** {@code --name=VALUE} as help writes it. */
  public String longForm() {
    return switch (value) {
      case NONE -> "--" + name;
      case OPTIONAL -> "--" + name + "[=" + placeholder + "]";
      case REQUIRED -> "--" + name + "=" + placeholder;
    };
  }
}
