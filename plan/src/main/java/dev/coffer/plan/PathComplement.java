package dev.coffer.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Patterns of apparmor.d(5) for "all below a directory but these": the language has no exceptions
 * to a deny rule, so what is denied has to be spelt out letter by letter.
 */
final class PathComplement {
  private final List<String> patterns = new ArrayList<>();

  private PathComplement() {}

  /**
   * @param directory without a slash at its end
   * @param kept paths below it; {@code *} at the end stands for the rest of that name, and a path
   *     is kept with all below it
   */
  static List<String> of(String directory, List<String> kept) {
    PathComplement complement = new PathComplement();
    complement.directory(directory, kept);
    return complement.patterns;
  }

  private void directory(String directory, List<String> kept) {
    TreeSet<String> names =
        kept.stream()
            .map(path -> path.split("/", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    names(directory + "/", "", names);
    for (String name : names) {
      List<String> below =
          kept.stream()
              .filter(path -> path.startsWith(name + "/"))
              .map(path -> path.substring(name.length() + 1))
              .toList();
      if (!below.isEmpty() && !kept.contains(name)) {
        directory(directory + "/" + name, below);
      }
    }
  }

  /** What begins with a prefix of some name and goes on as none of them does. */
  private void names(String directory, String prefix, TreeSet<String> names) {
    List<String> open =
        names.stream().filter(name -> name.startsWith(prefix) && !name.equals(prefix)).toList();
    if (open.contains(prefix + "*")) {
      return;
    }
    boolean isName = names.contains(prefix);
    String next =
        open.stream()
            .map(name -> name.substring(prefix.length(), prefix.length() + 1))
            .distinct()
            .collect(Collectors.joining());
    if (next.isEmpty()) {
      patterns.add(directory + prefix + "?*{,/**}");
      return;
    }
    // a hyphen elsewhere would stand for a range
    String hyphen = next.contains("-") ? "-" : "";
    String rest = "[^" + hyphen + "/" + next.replace("-", "") + "]*";
    patterns.add(
        directory + prefix + (prefix.isEmpty() || isName ? rest : "{," + rest + "}") + "{,/**}");
    next.chars().forEach(letter -> names(directory, prefix + (char) letter, names));
  }
}
