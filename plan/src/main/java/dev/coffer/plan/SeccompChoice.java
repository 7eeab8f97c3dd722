package dev.coffer.plan;

import dev.coffer.model.Intercepts;
import dev.coffer.model.SeccompPolicy;

/** What becomes of the seccomp policy that a specification names. */
public sealed interface SeccompChoice {
  /** There is none, or the caller's own filter is to be all there is. */
  record None() implements SeccompChoice {}

  /**
   * @param intercepts the calls that the policy asks Coffer about
   */
  record Load(SeccompPolicy policy, Intercepts intercepts) implements SeccompChoice {
    public Load(SeccompPolicy policy) {
      this(policy, Intercepts.NONE);
    }
  }

  /** Its file was readable once and is no longer: a start without it would be a weaker one. */
  record Lost(String reason) implements SeccompChoice {}
}
