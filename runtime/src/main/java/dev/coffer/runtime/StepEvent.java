package dev.coffer.runtime;

import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.Step;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A step of a plan that was carried out, for a flight recording of the engine. Steps of the host
 * have the time they took; those of the keeper and the container are one program, and are told when
 * it has ended. Costs nothing while nothing is recorded.
 */
@Name("dev.coffer.Step")
@Label("Plan step")
@Category("Coffer")
@Description("A step of a plan that was carried out")
@StackTrace(false)
final class StepEvent extends Event {
  @Label("Plan")
  private String plan;

  @Label("Number")
  private int number;

  @Label("Place")
  private String place;

  @Label("What is done")
  private String what;

  @Label("Origin")
  private String origin;

  static boolean isRecorded() {
    return new StepEvent().isEnabled();
  }

  static StepEvent begun() {
    StepEvent event = new StepEvent();
    event.begin();
    return event;
  }

  /**
   * @param index of the step, from 0
   */
  void done(Plan of, int index) {
    end();
    if (!shouldCommit()) {
      return;
    }
    Step step = of.steps().get(index);
    plan = of.title();
    number = index + 1;
    place = step.place().label();
    what = step.describe();
    origin = step.origin().describe();
    commit();
  }
}
