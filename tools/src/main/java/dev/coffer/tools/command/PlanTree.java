package dev.coffer.tools.command;

import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * A plan for people: under each place that acts, what made it act, and under that the steps. All in
 * the order of the start, so a place comes again when it goes on after another.
 */
final class PlanTree {
  private PlanTree() {}

  static String of(Plan plan) {
    StringBuilder out = new StringBuilder(96 * plan.steps().size());
    out.append(plan.title())
        .append(": ")
        .append(plan.steps().size())
        .append(" steps; nothing has been done\n");
    int numberWidth = Integer.toString(plan.steps().size()).length();
    int number = 0;
    for (List<List<Step>> turn : turns(plan)) {
      out.append('\n').append(turn.getFirst().getFirst().place().label()).append('\n');
      for (List<Step> reason : turn) {
        boolean last = reason == turn.getLast();
        out.append(last ? "└─ " : "├─ ").append(reason.getFirst().origin().describe()).append('\n');
        for (Step step : reason) {
          String digits = Integer.toString(++number);
          out.append(last ? "   " : "│  ").repeat(' ', numberWidth - digits.length());
          out.append(digits).append("  ").append(step.describe()).append('\n');
        }
      }
    }
    return out.toString();
  }

  /** Runs of steps at one place, each divided into runs of one origin. */
  private static List<List<List<Step>>> turns(Plan plan) {
    List<List<List<Step>>> turns = new ArrayList<>();
    Step before = null;
    for (Step step : plan.steps()) {
      boolean moves = before == null || before.place() != step.place();
      if (moves) {
        turns.add(new ArrayList<>());
      }
      if (moves || !before.origin().describe().equals(step.origin().describe())) {
        turns.getLast().add(new ArrayList<>());
      }
      turns.getLast().getLast().add(step);
      before = step;
    }
    return turns;
  }
}
