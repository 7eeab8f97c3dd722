package dev.coffer.tools;

/** The engine that answers this call, as seen by {@code coffer engine}. */
public interface EngineControl {
  EngineStatus status();

  /** Lets the engine end after this call has been answered; running containers go on. */
  void stop();
}
