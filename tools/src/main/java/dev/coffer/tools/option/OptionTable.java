package dev.coffer.tools.option;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The options of one tool, its own before the common ones. */
public record OptionTable(List<Option> own, List<Option> all) {
  public OptionTable {
    own = List.copyOf(own);
    all = List.copyOf(all);
  }

  /** A tool's own rows and, behind them, the common ones. */
  public static OptionTable of(Option... own) {
    List<Option> all = new ArrayList<>(List.of(own));
    all.addAll(CommonOptions.ALL);
    return new OptionTable(List.of(own), all);
  }

  /**
   * Rows of a tool that has nothing to do with containers: only help, usage and version are added.
   */
  public static OptionTable bare(Option... own) {
    List<Option> all = new ArrayList<>(List.of(own));
    all.add(CommonOptions.HELP);
    all.add(CommonOptions.QUESTION);
    all.add(CommonOptions.USAGE);
    all.add(CommonOptions.VERSION);
    return new OptionTable(List.of(own), all);
  }

  Optional<Option> byLetter(char letter) {
    for (Option option : all) {
      if (option.letter() == letter) {
        return Optional.of(option);
      }
    }
    return Optional.empty();
  }

  /**
   * The rows a long name may mean: the one of exactly this name, or all that begin with it. An
   * option that only Coffer has never makes a shortened name of LXC ambiguous.
   */
  List<Option> byName(String name) {
    List<Option> found = new ArrayList<>();
    boolean lxc = false;
    for (Option option : all) {
      if (!option.name().startsWith(name)) {
        continue;
      }
      if (option.name().length() == name.length()) {
        return List.of(option);
      }
      if (!found.isEmpty() && found.getLast().name().equals(option.name())) {
        continue;
      }
      found.add(option);
      lxc |= option.origin() != Option.Origin.COFFER;
    }
    if (lxc) {
      found.removeIf(option -> option.origin() == Option.Origin.COFFER);
    }
    return found;
  }
}
