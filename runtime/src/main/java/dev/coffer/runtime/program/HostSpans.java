package dev.coffer.runtime.program;

import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.RunHook;
import dev.coffer.model.plan.Step;
import java.util.List;

/**
 * Which of a plan's host steps the engine does by itself. The leading ones come before the program;
 * those that follow right upon the birth of init are done while it is born, and it waits for them
 * at a gate. All others are reports at which the executor waits. A hook sees the host as the plan's
 * order says, so with one before the birth nothing is done ahead.
 *
 * @param leading how many steps at the beginning, the keeper's prelude included
 * @param from the first of those done meanwhile
 * @param to behind the last of them; equal to {@code from} where there are none
 */
public record HostSpans(int leading, int from, int to) {
  /**
   * @param prelude how many steps at the beginning the keeper has done already
   */
  public static HostSpans of(Plan plan, int prelude) {
    List<Step> steps = plan.steps();
    int leading = hostStepsFrom(steps, prelude);
    boolean born = false;
    for (int i = leading; i < steps.size() && !(steps.get(i) instanceof RunHook); i++) {
      born |= steps.get(i) instanceof KeeperStep.CloneInit;
      if (born && steps.get(i) instanceof HostStep) {
        return new HostSpans(leading, i, hostStepsFrom(steps, i));
      }
    }
    return new HostSpans(leading, leading, leading);
  }

  private static int hostStepsFrom(List<Step> steps, int from) {
    int at = from;
    while (at < steps.size() && steps.get(at) instanceof HostStep) {
      at++;
    }
    return at;
  }

  /** Whether init has something to wait for. */
  public boolean hasGate() {
    return from < to;
  }

  boolean covers(int step) {
    return step < leading || step >= from && step < to;
  }
}
