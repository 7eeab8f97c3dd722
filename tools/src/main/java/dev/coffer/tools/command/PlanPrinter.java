package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.StartOptions;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.Step;
import dev.coffer.tools.text.Json;

/**
 * Prints what a start would do: a numbered line per step with its place and its origin, or JSON.
 */
final class PlanPrinter {
  private static final int WIDEST_STEP = 64;

  private PlanPrinter() {}

  static int print(Session session, Container container, StartOptions options) {
    OutputFormat format = OutputFormat.of(session);
    Plan plan = container.plan(options);
    session.out().print(format == OutputFormat.JSON ? json(container, plan) : text(plan));
    return Runner.OK;
  }

  private static String text(Plan plan) {
    StringBuilder out = new StringBuilder(128 * plan.steps().size());
    out.append(plan.title())
        .append(": ")
        .append(plan.steps().size())
        .append(" steps; nothing has been done\n\n");
    int numberWidth = Integer.toString(plan.steps().size()).length();
    int placeWidth = 0;
    int stepWidth = 0;
    for (Step step : plan.steps()) {
      placeWidth = Math.max(placeWidth, place(step).length());
      stepWidth = Math.max(stepWidth, Math.min(WIDEST_STEP, step.describe().length()));
    }
    int number = 0;
    for (Step step : plan.steps()) {
      String digits = Integer.toString(++number);
      out.repeat(' ', numberWidth - digits.length()).append(digits).append("  ");
      pad(out, place(step), placeWidth).append("  ");
      pad(out, step.describe(), stepWidth);
      if (step.describe().length() > stepWidth) {
        out.append('\n').repeat(' ', numberWidth + placeWidth + stepWidth + 4);
      }
      out.append("  from ").append(step.origin().describe()).append('\n');
    }
    return out.toString();
  }

  static String json(Container container, Plan plan) {
    Json json = new Json().object();
    json.member("name", container.name()).member("title", plan.title()).name("steps").array();
    int number = 0;
    for (Step step : plan.steps()) {
      json.object();
      members(json, ++number, step);
      json.endObject();
    }
    return json.endArray().endObject().text();
  }

  static void members(Json json, int number, Step step) {
    json.member("number", number).member("place", place(step));
    json.member("kind", step.getClass().getSimpleName()).member("what", step.describe());
    Origin origin = step.origin();
    json.name("from").object().member("source", origin.source());
    json.member("line", origin.line()).member("key", origin.key()).endObject();
  }

  private static String place(Step step) {
    return step.place().label();
  }

  private static StringBuilder pad(StringBuilder out, String text, int width) {
    return out.append(text).repeat(' ', Math.max(0, width - text.length()));
  }
}
