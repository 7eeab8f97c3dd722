package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.KeeperStep;
import java.util.List;

/**
 * Encodes a command of the host's that runs in a mount namespace of its own, perhaps with mapped
 * ids.
 */
public final class CommandAssembler {
  private static final long MS_REC = 1 << 14;
  private static final int SIGKILL = 9;

  private CommandAssembler() {}

  /**
   * @param maps what writes the maps of a user namespace of its own; empty for none
   */
  public static Program assemble(
      List<String> command, List<String> environment, String cwd, List<KeeperStep> maps) {
    ProgramBuilder program = new ProgramBuilder(Registers.landing());
    Stream parent = program.main();
    Stream child = program.child();
    parent.set(Registers.ON_EXIT, 1L);
    long flags = Namespace.MOUNT.cloneFlag();
    if (!maps.isEmpty()) {
      flags |= Namespace.USER.cloneFlag();
    }
    program.cloneChild(flags, -1L, true, Registers.MAIN_PID);
    ProcessOperations process = new ProcessOperations(program, child);
    process.dieWithKeeper(SIGKILL);
    if (!maps.isEmpty()) {
      new IdMapOperations(program, Registers.MAIN_PID).write(maps);
      process.becomeUser(0, 0, List.of(), SIGKILL);
    }
    child.sys(Sys.MOUNT, 0, program.text("/"), 0, Flags.MS_SLAVE | MS_REC, 0);
    child.sys(Sys.CHDIR, program.text(cwd));
    process.execute(
        new ContainerStep.Execute(
            command,
            List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin"),
            environment,
            Origin.option("command")));
    parent.awaitExecution();
    return program.build();
  }
}
