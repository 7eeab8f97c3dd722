package dev.coffer.tools;

import java.util.List;

/** The engine that answers this call, as seen by {@code coffer engine}. */
public interface EngineControl {
  EngineStatus status();

  /**
   * Lets the engine end after this call has been answered; running containers go on.
   *
   * @return the other calls that it is still to answer before it ends
   */
  List<EngineCall> stop();
}
