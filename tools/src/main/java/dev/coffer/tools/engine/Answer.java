package dev.coffer.tools.engine;

import dev.coffer.tools.Invocation;

/** Runs a tool for a caller and returns its exit code. */
@FunctionalInterface
public interface Answer {
  int run(Invocation invocation);
}
