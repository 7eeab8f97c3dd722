package dev.coffer.plan;

import dev.coffer.model.SeccompPolicy;

/** What becomes of the seccomp policy that a specification names. */
public sealed interface SeccompChoice {
  /** There is none, or the caller's own filter is to be all there is. */
  record None() implements SeccompChoice {}

  record Load(SeccompPolicy policy) implements SeccompChoice {}

  /** Its file was readable once and is no longer: a start without it would be a weaker one. */
  record Lost(String reason) implements SeccompChoice {}
}
