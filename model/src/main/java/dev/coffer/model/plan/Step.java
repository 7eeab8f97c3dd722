package dev.coffer.model.plan;

import dev.coffer.model.Origin;

/** placeholder until the kinds are written. */
public interface Step {
  Origin origin();
}
