package dev.coffer.tools;

import java.util.List;

/** A command that the engine answers just now. */
public record EngineCall(int pid, List<String> argv) {
  public EngineCall {
    argv = List.copyOf(argv);
  }
}
