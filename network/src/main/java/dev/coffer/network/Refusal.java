package dev.coffer.network;

import dev.coffer.model.CofferException;
import java.util.List;

/** The broker's no. */
public final class Refusal extends CofferException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String hint;

  /** What kind of no it is. */
  public enum Reason {
    /** As many as are allowed are there, or none is allowed. */
    QUOTA,
    /** The namespace is not the asking user's. */
    NOT_YOURS,
    /** The bridge is none, or its name is taken. */
    UNFIT,
    /** The request makes no sense. */
    MALFORMED,
    /** There is too much to do. */
    BUSY,
    /** The kernel's no. */
    FAILED
  }

  /**
   * @param message what could not be done and why, in one line
   * @param hint what to do; empty for nothing
   */
  public Refusal(Reason reason, String message, String hint) {
    super(message, hint.isEmpty() ? List.of() : List.of("hint  " + hint));
    this.reason = reason;
    this.hint = hint;
  }

  public Reason reason() {
    return reason;
  }

  public String hint() {
    return hint;
  }
}
