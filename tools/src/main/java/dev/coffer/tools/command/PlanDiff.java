package dev.coffer.tools.command;

import dev.coffer.model.plan.Step;
import dev.coffer.tools.text.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * What two plans of a container do differently: the steps that only one of them has, in the order
 * of the start. A step is the same where it does the same at the same place, whatever asked for it.
 */
record PlanDiff(List<Line> lines) {
  PlanDiff {
    lines = List.copyOf(lines);
  }

  /**
   * @param added whether only the second plan has it
   * @param number its place in its own plan, from 1
   */
  record Line(boolean added, int number, Step step) {}

  static PlanDiff of(List<Step> first, List<Step> second) {
    int[][] common = common(first, second);
    List<Line> lines = new ArrayList<>();
    int a = 0;
    int b = 0;
    while (a < first.size() || b < second.size()) {
      boolean both = a < first.size() && b < second.size();
      if (both && same(first.get(a), second.get(b))) {
        a++;
        b++;
      } else if (a < first.size() && (!both || common[a + 1][b] >= common[a][b + 1])) {
        lines.add(new Line(false, a + 1, first.get(a++)));
      } else {
        lines.add(new Line(true, b + 1, second.get(b++)));
      }
    }
    return new PlanDiff(lines);
  }

  /** How many steps the rests of both have in common, at most and in order. */
  private static int[][] common(List<Step> first, List<Step> second) {
    int[][] common = new int[first.size() + 1][second.size() + 1];
    for (int a = first.size() - 1; a >= 0; a--) {
      for (int b = second.size() - 1; b >= 0; b--) {
        common[a][b] =
            same(first.get(a), second.get(b))
                ? common[a + 1][b + 1] + 1
                : Math.max(common[a + 1][b], common[a][b + 1]);
      }
    }
    return common;
  }

  private static boolean same(Step one, Step other) {
    return one.place() == other.place() && one.describe().equals(other.describe());
  }

  String text(String with) {
    if (lines.isEmpty()) {
      return "no step would be different with " + with + "\n";
    }
    StringBuilder out = new StringBuilder(128 * lines.size());
    long added = lines.stream().filter(Line::added).count();
    out.append(lines.size() - added).append(" steps would be gone (-) and ").append(added);
    out.append(" would come (+) with ").append(with).append("\n\n");
    for (Line line : lines) {
      Step step = line.step();
      String place = step.place().label();
      out.append(line.added() ? '+' : '-').append(' ').append(place);
      out.repeat(' ', Math.max(0, 9 - place.length())).append("  ").append(step.describe());
      out.append("  from ").append(step.origin().describe()).append('\n');
    }
    return out.toString();
  }

  String json(String name, String with) {
    Json json = new Json().object().member("name", name).member("with", with);
    json.name("steps").array();
    for (Line line : lines) {
      json.object().member("change", line.added() ? "added" : "removed");
      PlanPrinter.members(json, line.number(), line.step());
      json.endObject();
    }
    return json.endArray().endObject().text();
  }
}
