package dev.coffer.tools;

import dev.coffer.tools.command.CofferCommand;
import dev.coffer.tools.command.Face;
import dev.coffer.tools.command.LxcTools;
import dev.coffer.tools.command.Runner;
import dev.coffer.tools.command.Tool;
import java.util.Optional;

/** The way in for whoever has a caller's arguments: finds the tool by its name and runs it. */
public final class Tools {
  private static final int NO_SUCH_TOOL = 127;

  private Tools() {}

  /**
   * Runs the tool that {@code invocation.program()} names and returns its exit code. Never throws.
   */
  public static int run(Invocation invocation, CofferFactory coffer) {
    try {
      return dispatch(invocation, coffer);
    } catch (RuntimeException | StackOverflowError e) {
      invocation.err().println(invocation.program() + ": internal error: " + e);
      return Runner.FAILED;
    } finally {
      invocation.out().flush();
      invocation.err().flush();
    }
  }

  private static int dispatch(Invocation invocation, CofferFactory coffer) {
    String program = invocation.program();
    if (program.equals(CofferCommand.PROGRAM)) {
      return CofferCommand.run(invocation, coffer);
    }
    Optional<Tool> tool = LxcTools.find(program);
    if (tool.isEmpty()) {
      invocation.err().println(program + ": Coffer has no tool of this name");
      return NO_SUCH_TOOL;
    }
    return new Runner(Face.LXC, tool.get(), tool.get().page(), invocation, coffer)
        .run(invocation.arguments());
  }
}
