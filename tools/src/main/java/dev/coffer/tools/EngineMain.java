package dev.coffer.tools;

import dev.coffer.model.CofferException;
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
    return new Engine() {
      @Override
      public CofferFactory coffer() {
        return invocation -> {
          throw new CofferException("This engine has no containers yet");
        };
      }

      @Override
      public void wake() {}

      @Override
      public boolean isBusy() {
        return false;
      }

      @Override
      public int containers() {
        return 0;
      }

      @Override
      public void close() {}
    };
  }
}
