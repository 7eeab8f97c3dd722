package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.WaitStatus;
import dev.coffer.model.CofferException;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.runtime.program.CommandAssembler;
import dev.coffer.runtime.program.Program;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a program of the host as the caller's child, such as a template. */
public final class HostCommand {
  private HostCommand() {}

  /**
   * @param maps what writes the id maps of the user namespace it runs in; empty for none
   * @return its exit status, 128 + signal when a signal ended it
   */
  public static int run(
      List<String> command,
      Map<String, String> environment,
      Path cwd,
      List<KeeperStep> maps,
      Caller caller) {
    Program program =
        CommandAssembler.assemble(command, HookEnvironment.of(environment), cwd.toString(), maps);
    try (Executor executor = new Executor(caller.launch(true))) {
      Executor.Outcome outcome =
          executor.run(program, List.of(), (_, _, fds) -> fds.forEach(Fd::close));
      if (outcome instanceof Executor.Outcome.Failed failed) {
        executor.quit(1);
        caller.awaitEnded();
        throw new CofferException(
            "cannot run " + command.getFirst() + ": " + StartFailure.reason(failed),
            List.of("step  " + program.callOf(failed.operation())));
      }
      return new WaitStatus(caller.awaitEnded()).shellCode();
    }
  }
}
