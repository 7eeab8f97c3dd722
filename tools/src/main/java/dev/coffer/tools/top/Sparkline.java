package dev.coffer.tools.top;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A row of small bars, one for each value, the last at the right. */
public record Sparkline(boolean blocks) {
  private static final String BLOCKS = " ▁▂▃▄▅▆▇█";
  private static final String LETTERS = " .:-=+*#@";

  /** Bars where the locale says that the terminal takes UTF-8, else letters. */
  static Sparkline of(Map<String, String> environment) {
    String locale = "";
    for (String variable : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
      locale = environment.getOrDefault(variable, "");
      if (!locale.isEmpty()) {
        break;
      }
    }
    String name = locale.toUpperCase(Locale.ROOT);
    return new Sparkline(name.contains("UTF-8") || name.contains("UTF8"));
  }

  /**
   * @param full the value that fills the whole height; larger ones do too
   */
  String draw(List<Double> values, double full, int width) {
    String bars = blocks ? BLOCKS : LETTERS;
    int highest = bars.length() - 1;
    StringBuilder line = new StringBuilder();
    line.repeat(' ', Math.max(0, width - values.size()));
    for (double value : values.subList(Math.max(0, values.size() - width), values.size())) {
      double share = full <= 0 ? 0 : Math.clamp(value / full, 0, 1);
      // what is there at all is seen
      int height = share <= 0 ? 0 : Math.max(1, (int) Math.round(share * highest));
      line.append(bars.charAt(height));
    }
    return line.toString();
  }
}
