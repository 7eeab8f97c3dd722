package dev.coffer.model;

import java.util.Objects;

/** A value together with the place it came from. */
public record Sourced<T>(T value, Origin origin) {
  public Sourced {
    Objects.requireNonNull(value);
    Objects.requireNonNull(origin);
  }

  /** A value that holds because the configuration does not say otherwise. */
  public static <T> Sourced<T> builtIn(T value, String what) {
    return new Sourced<>(value, Origin.builtIn(what));
  }
}
