import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The results as a table for people, as JSON for programs, and as the page of the documentation.
 */
final class Report {
  private record Line(String row, Result result) {}

  private final Bench.Options options;
  private final List<Line> lines = new ArrayList<>();

  Report(Bench.Options options) {
    this.options = options;
  }

  void add(String row, List<Result> results) {
    for (Result result : results) {
      lines.add(new Line(row, result));
      System.err.print(text(result));
    }
  }

  /** Whether all commands worked. */
  boolean complete() {
    return lines.stream().allMatch(line -> line.result().problems().isEmpty());
  }

  static String number(double value) {
    if (value >= 100) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    String text = String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
  }

  private static String spread(Stats stats) {
    return stats.count() < 3
        ? ""
        : " [" + number(stats.quantile(0.1)) + "–" + number(stats.quantile(0.9)) + "]";
  }

  private static String text(Result result) {
    var out = new StringBuilder(result.what()).append(", ").append(result.unit()).append("\n");
    result
        .values()
        .forEach((who, stats) ->
            out.append(
                String.format("  %-8s %8s%s%n", who, number(stats.median()), spread(stats))));
    result.problems().forEach(problem -> out.append("  FAILED   ").append(problem).append("\n"));
    return out.toString();
  }

  /** One line for each comparison. */
  String table() {
    var out = new StringBuilder("\n");
    out.append(
        String.format("%-46s %10s  %-18s %7s  %s%n", "", "Coffer", "against", "ratio", "goal"));
    for (Line line : lines) {
      for (Comparison c : comparisons(line.result())) {
        out.append(
            String.format(
                "%-46s %10s  %-18s %7s  %s%n", c.what, c.ours, c.against, c.ratio, c.goal));
      }
    }
    return out.toString();
  }

  private record Comparison(String what, String ours, String against, String ratio, String goal) {}

  private static List<Comparison> comparisons(Result result) {
    var list = new ArrayList<Comparison>();
    Stats ours = result.values().get(Site.COFFER);
    String mine = ours == null ? "-" : number(ours.median()) + " " + result.unit();
    for (Result.Goal goal : result.goals()) {
      Stats theirs = goal.other().map(result.values()::get).orElse(null);
      if (goal.other().isPresent() && theirs == null) {
        continue;
      }
      double value =
          ours == null ? Double.NaN : ours.median() / (theirs == null ? 1 : theirs.median());
      String verdict = ours == null ? "" : goal.reached(value) ? ", reached" : ", missed";
      list.add(
          new Comparison(
              result.what(),
              mine,
              theirs == null ? "" : goal.other().get() + " " + number(theirs.median()),
              ours == null || theirs == null ? "" : String.format(Locale.ROOT, "%.2f", value),
              goal + (theirs == null ? " " + result.unit() : "") + verdict));
    }
    result
        .values()
        .forEach((who, stats) -> {
          boolean compared =
              who.equals(Site.COFFER)
                  || result.goals().stream()
                      .anyMatch(g -> g.other().filter(who::equals).isPresent());
          if (!compared) {
            String ratio =
                ours == null
                    ? ""
                    : String.format(Locale.ROOT, "%.2f", ours.median() / stats.median());
            list.add(
                new Comparison(result.what(), mine, who + " " + number(stats.median()), ratio, ""));
          }
        });
    return list;
  }

  String json() {
    var out = new StringBuilder("{\n  \"date\": \"" + LocalDate.now() + "\",\n  \"machine\": {");
    var machine = new ArrayList<String>();
    Machine.facts().forEach((name, value) -> machine.add(quoted(name) + ": " + quoted(value)));
    out.append(String.join(", ", machine)).append("},\n  \"rows\": [\n");
    var rows = new ArrayList<String>();
    for (Line line : lines) {
      rows.add("    " + json(line));
    }
    return out.append(String.join(",\n", rows)).append("\n  ]\n}\n").toString();
  }

  private static String json(Line line) {
    Result result = line.result();
    var values = new ArrayList<String>();
    result.values().forEach((who, s) -> values.add(quoted(who) + ": " + json(s)));
    var goals = new ArrayList<String>();
    for (Result.Goal goal : result.goals()) {
      goals.add(
          "{\"against\": "
              + goal.other().map(Report::quoted).orElse("null")
              + ", \""
              + (goal.atMost() ? "atMost" : "atLeast")
              + "\": "
              + goal.limit()
              + "}");
    }
    return "{\"row\": "
        + quoted(line.row())
        + ", \"what\": "
        + quoted(result.what())
        + ", \"unit\": "
        + quoted(result.unit())
        + ", \"values\": {"
        + String.join(", ", values)
        + "}, \"goals\": ["
        + String.join(", ", goals)
        + "], \"problems\": ["
        + String.join(", ", result.problems().stream().map(Report::quoted).toList())
        + "]}";
  }

  private static String json(Stats s) {
    return String.format(
        Locale.ROOT,
        "{\"median\": %.3f, \"p10\": %.3f, \"p90\": %.3f, \"runs\": %d}",
        s.median(),
        s.quantile(0.1),
        s.quantile(0.9),
        s.count());
  }

  private static String quoted(String text) {
    return "\""
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ").replace("\t", " ")
        + "\"";
  }

  /** docs/benchmarks.md */
  String page() {
    var out = new StringBuilder();
    out.append("# Benchmarks\n\nMeasured by `sudo ./dev bench` on ").append(LocalDate.now());
    out.append(", medians of ")
        .append(options.runs())
        .append(" runs (fewer where many containers take part), all tools alternating");
    out.append(" on one machine, with one root filesystem and one config.\n");
    out.append(
        "The floor is `bench/floor.c`, a program that makes only the necessary kernel calls.\n\n");
    out.append("| what | Coffer | against | ratio | goal |\n|---|---|---|---|---|\n");
    String last = "";
    for (Line line : lines) {
      for (Comparison c : comparisons(line.result())) {
        boolean again = c.what.equals(last);
        last = c.what;
        out.append(
            "| "
                + (again ? "" : c.what)
                + " | "
                + (again ? "" : c.ours)
                + " | "
                + c.against
                + " | "
                + c.ratio
                + " | "
                + c.goal
                + " |\n");
      }
    }
    for (Line line : lines) {
      line.result().problems().forEach(p -> out.append("\nFailed: ").append(p).append("\n"));
    }
    out.append("\n## Machine\n\n");
    Machine.facts()
        .forEach(
            (name, value) -> out.append("- ").append(name).append(": ").append(value).append("\n"));
    return out.toString();
  }
}
