package dev.coffer.plan;

import dev.coffer.model.Origin;

/**
 * One thing that protects the host and other containers from a container, or does so less than the
 * secure default.
 *
 * @param subject what it is about, a word or two
 * @param text how it is in this container
 * @param origin the line that made it so
 * @param remedy the line to write where it is weaker than the default; else empty
 */
public record Protection(
    String subject, Strength strength, String text, Origin origin, String remedy) {
  /** Compared with the secure default. */
  public enum Strength {
    /** As the default, or more. */
    DEFAULT,
    /** A choice of the configuration's own that cannot be compared. */
    OWN,
    WEAKER
  }

  static Protection good(String subject, String text, Origin origin) {
    return new Protection(subject, Strength.DEFAULT, text, origin, "");
  }

  static Protection own(String subject, String text, Origin origin) {
    return new Protection(subject, Strength.OWN, text, origin, "");
  }

  static Protection weaker(String subject, String text, Origin origin, String remedy) {
    return new Protection(subject, Strength.WEAKER, text, origin, remedy);
  }
}
