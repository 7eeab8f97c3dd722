package dev.coffer.runtime;

import dev.coffer.model.CofferException;
import java.util.List;

/** A start of a container that runs already, which lxc-start(1) takes for no failure. */
public final class AlreadyRunningException extends CofferException {
  private static final long serialVersionUID = 1L;

  AlreadyRunningException() {
    super("Container is already running", List.of(), 0);
  }
}
