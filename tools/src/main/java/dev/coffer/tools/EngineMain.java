package dev.coffer.tools;

import dev.coffer.tools.engine.Engine;
import dev.coffer.tools.engine.EngineProgram;
import java.util.List;

/** The engine's main program; the launcher starts it. */
public final class EngineMain {
  private EngineMain() {}

  public static void main(String[] arguments) {
    System.exit(EngineProgram.run(List.of(arguments), EngineMain::open));
  }

  /** Puts the engine together. */
  private static Engine open() {
    return new ContainerEngine();
  }
}
