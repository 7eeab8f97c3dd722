package dev.coffer.model.plan;

import java.util.List;

/**
 * What will be done, in order. The place of each step says who does it; where the place changes
 * from one step to the next, the one waits for the other.
 */
public record Plan(String title, List<Step> steps) {
  public Plan {
    steps = List.copyOf(steps);
  }
}
