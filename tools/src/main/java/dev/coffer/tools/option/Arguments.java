package dev.coffer.tools.option;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A command line that could be read: options in their order, and what is not an option. */
public record Arguments(List<Given> options, List<String> operands) implements Reading {
  /**
   * An option as it was given.
   *
   * @param value null where none was given
   */
  public record Given(Option option, String value) {}

  public Arguments {
    options = List.copyOf(options);
    operands = List.copyOf(operands);
  }

  public boolean has(Option option) {
    return find(option) != null;
  }

  /** The value of an option; of the last one where it is given several times. */
  public Optional<String> value(Option option) {
    Given given = find(option);
    return given == null ? Optional.empty() : Optional.ofNullable(given.value);
  }

  /** All values of an option, in their order. */
  public List<String> values(Option option) {
    List<String> values = new ArrayList<>();
    for (Given given : options) {
      if (given.option == option) {
        values.add(given.value);
      }
    }
    return values;
  }

  /** Whether {@code option} is given, and {@code rival} not after it. */
  public boolean lastIs(Option option, Option rival) {
    for (int i = options.size() - 1; i >= 0; i--) {
      Option last = options.get(i).option;
      if (last == option || last == rival) {
        return last == option;
      }
    }
    return false;
  }

  private Given find(Option option) {
    for (int i = options.size() - 1; i >= 0; i--) {
      if (options.get(i).option == option) {
        return options.get(i);
      }
    }
    return null;
  }
}
