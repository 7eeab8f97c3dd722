package dev.coffer.tools.command;

import dev.coffer.plan.Protection;
import dev.coffer.plan.Protection.Strength;
import dev.coffer.tools.text.Json;
import java.util.List;
import java.util.Locale;

/** What {@code lxc-info --security} prints. */
final class SecurityText {
  private SecurityText() {}

  /** A row for each protection, weak ones with the line to write below them. */
  static String table(List<Protection> protections) {
    int subject = protections.stream().mapToInt(row -> row.subject().length()).max().orElse(0);
    int text = protections.stream().mapToInt(row -> row.text().length()).max().orElse(0);
    StringBuilder out = new StringBuilder();
    for (Protection row : protections) {
      String format = "%-" + subject + "s  %-6s  %-" + text + "s  from  %s%n";
      out.append(
          format.formatted(
              row.subject(), word(row.strength()), row.text(), row.origin().describe()));
      if (!row.remedy().isEmpty()) {
        out.repeat(' ', subject + 2).append("write   ").append(row.remedy()).append('\n');
      }
    }
    return out.append(summary(protections)).append('\n').toString();
  }

  private static String summary(List<Protection> protections) {
    long weaker = protections.stream().filter(row -> row.strength() == Strength.WEAKER).count();
    return weaker == 0
        ? "Nothing is weaker than the default."
        : weaker + (weaker == 1 ? " is" : " are") + " weaker than the default.";
  }

  private static String word(Strength strength) {
    return switch (strength) {
      case DEFAULT -> "good";
      case OWN -> "own";
      case WEAKER -> "weaker";
    };
  }

  static String json(String name, List<Protection> protections) {
    Json json = new Json().object().member("name", name);
    json.name("protections").array();
    for (Protection row : protections) {
      json.object()
          .member("subject", row.subject())
          .member("strength", row.strength().name().toLowerCase(Locale.ROOT))
          .member("text", row.text())
          .member("origin", row.origin().describe())
          .member("remedy", row.remedy())
          .endObject();
    }
    return json.endArray().endObject().text();
  }
}
