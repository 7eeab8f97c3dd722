package dev.coffer.image;

import dev.coffer.model.CofferException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What stands behind {@code --} for a built-in template.
 *
 * @param values by the options' long names; flags have the empty text
 */
record TemplateOptions(Map<String, String> values) {
  /**
   * @param valued the options with a value: their long names, by every spelling ({@code -r}, {@code
   *     --release})
   * @param flags those without, likewise
   */
  static TemplateOptions parse(
      String template,
      List<String> arguments,
      Map<String, String> valued,
      Map<String, String> flags) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      String option = equals < 0 ? word : word.substring(0, equals);
      if (flags.containsKey(option) && equals < 0) {
        values.put(flags.get(option), "");
      } else if (!valued.containsKey(option)) {
        throw unknown(template, word, valued.keySet(), flags.keySet());
      } else if (equals >= 0) {
        values.put(valued.get(option), word.substring(equals + 1));
      } else if (++i < arguments.size()) {
        values.put(valued.get(option), arguments.get(i));
      } else {
        throw new CofferException("The template's option " + option + " needs a value");
      }
    }
    return new TemplateOptions(values);
  }

  Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  private static CofferException unknown(
      String template, String word, Set<String> valued, Set<String> flags) {
    Set<String> known = new TreeSet<>(valued);
    known.addAll(flags);
    return new CofferException(
        "The built-in " + template + " template has no argument \"" + word + "\"",
        List.of("hint  it knows " + String.join(" ", known)));
  }
}
