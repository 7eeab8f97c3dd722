package dev.coffer.tools.text;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Text for Prometheus and its like, OpenMetrics 1.0. Samples may come in any order: those of one
 * family are written together, families in the order they were first heard of.
 */
public final class OpenMetrics {
  private final Map<String, StringBuilder> families = new LinkedHashMap<>();

  /** What kind of number a family has. */
  public enum Type {
    COUNTER,
    GAUGE
  }

  /**
   * @param name of the family; its unit, where it has one, is the name's last part
   * @param unit empty for none
   */
  public record Family(String name, Type type, String unit, String help) {}

  /**
   * @param labels names and values by turns
   */
  public void sample(Family family, String value, String... labels) {
    StringBuilder text = families.computeIfAbsent(family.name(), _ -> begun(family));
    text.append(family.name()).append(family.type() == Type.COUNTER ? "_total" : "");
    for (int i = 0; i < labels.length; i += 2) {
      text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
      text.append(escaped(labels[i + 1])).append('"');
    }
    text.append(labels.length > 0 ? "} " : " ").append(value).append('\n');
  }

  /** The whole, with the line that ends it. */
  public String text() {
    return String.join("", families.values()) + "# EOF\n";
  }

  private static StringBuilder begun(Family family) {
    String type = family.type().name().toLowerCase(Locale.ROOT);
    StringBuilder text = new StringBuilder();
    text.append("# TYPE ").append(family.name()).append(' ').append(type).append('\n');
    if (!family.unit().isEmpty()) {
      text.append("# UNIT ").append(family.name()).append(' ').append(family.unit()).append('\n');
    }
    return text.append("# HELP ").append(family.name() + " " + family.help()).append('\n');
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
