package dev.coffer.tools.option;

import dev.coffer.tools.option.Option.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads arguments as getopt_long(3) of the GNU C library does: clustered letters, values attached
 * or following, long names shortened as long as they are unique, {@code --} as the end of options.
 */
public final class ArgumentReader {
  /** Where options may stand. */
  public enum Order {
    /** Anywhere before {@code --}; getopt's habit. */
    ANYWHERE,
    /** Before the first word that is none; with POSIXLY_CORRECT in the environment. */
    BEFORE_OPERANDS,
    /** Up to the word that follows the container's name: the command that is run there. */
    BEFORE_COMMAND
  }

  private final OptionTable table;
  private final Order order;
  private final List<String> words;
  private final List<Arguments.Given> options = new ArrayList<>();
  private final List<String> operands = new ArrayList<>();
  private int next;
  private Reading.Refusal refusal;

  private ArgumentReader(OptionTable table, Order order, List<String> words) {
    this.table = table;
    this.order = order;
    this.words = words;
  }

  public static Reading read(OptionTable table, Order order, List<String> words) {
    return new ArgumentReader(table, order, words).read();
  }

  private Reading read() {
    while (next < words.size() && refusal == null && !finished()) {
      String word = words.get(next++);
      if (word.equals("--")) {
        takeRest();
      } else if (word.startsWith("--")) {
        readLong(word.substring(2));
      } else if (word.length() > 1 && word.charAt(0) == '-') {
        readLetters(word);
      } else {
        operands.add(word);
        if (endsOptions()) {
          takeRest();
        }
      }
    }
    return refusal != null ? refusal : new Arguments(options, operands);
  }

  private boolean finished() {
    return !options.isEmpty() && CommonOptions.endsReading(options.getLast().option());
  }

  private boolean endsOptions() {
    return switch (order) {
      case ANYWHERE -> false;
      case BEFORE_OPERANDS -> true;
      case BEFORE_COMMAND -> operands.size() > (nameGiven() ? 0 : 1);
    };
  }

  private boolean nameGiven() {
    for (Arguments.Given given : options) {
      if (given.option() == CommonOptions.NAME) {
        return true;
      }
    }
    return false;
  }

  private void takeRest() {
    operands.addAll(words.subList(next, words.size()));
    next = words.size();
  }

  private void readLong(String text) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    List<Option> found = table.byName(name);
    if (found.size() != 1) {
      refuseLong(text, name, found);
      return;
    }
    Option option = found.getFirst();
    if (equals >= 0 && option.value() == Value.NONE) {
      refuse("option '--" + option.name() + "' doesn't allow an argument");
    } else if (equals >= 0) {
      give(option, text.substring(equals + 1));
    } else if (option.value() == Value.REQUIRED && next == words.size()) {
      refuse("option '--" + option.name() + "' requires an argument");
    } else {
      give(option, option.value() == Value.REQUIRED ? words.get(next++) : null);
    }
  }

  private void refuseLong(String text, String name, List<Option> found) {
    if (found.isEmpty()) {
      refusal = new Reading.Refusal("unrecognized option '--" + text + "'", name);
      return;
    }
    StringBuilder message = new StringBuilder("option '--").append(text);
    message.append("' is ambiguous; possibilities:");
    for (Option option : found) {
      message.append(" '--").append(option.name()).append('\'');
    }
    refuse(message.toString());
  }

  private void readLetters(String word) {
    for (int i = 1; i < word.length() && refusal == null && !finished(); i++) {
      Optional<Option> found = table.byLetter(word.charAt(i));
      if (found.isEmpty()) {
        refuse("invalid option -- '" + word.charAt(i) + "'");
        return;
      }
      Option option = found.get();
      if (option.value() == Value.NONE) {
        give(option, null);
        continue;
      }
      readLetterValue(option, word.substring(i + 1));
      return;
    }
  }

  private void readLetterValue(Option option, String attached) {
    if (!attached.isEmpty()) {
      give(option, attached);
    } else if (option.value() == Value.OPTIONAL) {
      give(option, null);
    } else if (next < words.size()) {
      give(option, words.get(next++));
    } else {
      refuse("option requires an argument -- '" + option.letter() + "'");
    }
  }

  private void give(Option option, String value) {
    options.add(new Arguments.Given(option, value));
  }

  private void refuse(String message) {
    refusal = new Reading.Refusal(message, "");
  }
}
