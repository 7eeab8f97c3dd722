package dev.coffer.tools.engine;

import dev.coffer.tools.CofferFactory;

/** What an engine does beside talking to clients. */
public interface Engine extends AutoCloseable {
  /** The API for a call. */
  CofferFactory coffer();

  /** Connects to keepers that have news: {@code coffer engine wake}. */
  void wake();

  /** Whether there is work in hand that no client waits for, so that the engine must stay. */
  boolean isBusy();

  /** Running containers it knows of. */
  int containers();

  /** The engine leaves; containers go on. */
  @Override
  void close();
}
