package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.model.Namespace;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.model.plan.Plan;
import dev.coffer.runtime.program.Arg.Register;

/**
 * Encodes what the keeper does ahead of a plan's own program. What it makes stays in registers for
 * that program.
 */
public final class PreludeAssembler {
  private PreludeAssembler() {}

  public static Program assemble(Plan prelude) {
    ProgramBuilder program = new ProgramBuilder(Registers.landing());
    Stream keeper = program.main();
    for (int i = 0; i < prelude.steps().size(); i++) {
      keeper.step(i);
      switch (prelude.steps().get(i)) {
        case KeeperStep.CreateNetwork _ -> createNetwork(program, keeper);
        default -> throw new IllegalStateException("no step of a prelude");
      }
    }
    return program.build();
  }

  /** The keeper leaves its own network namespace for a moment. */
  private static void createNetwork(ProgramBuilder program, Stream keeper) {
    Arg.Blob path = program.text("/proc/self/ns/net");
    Register own = program.scratch();
    keeper.sys(Sys.OPENAT, Flags.AT_FDCWD, path, Flags.O_CLOEXEC, 0).to(own);
    keeper.sys(Sys.UNSHARE, Namespace.NET.cloneFlag());
    keeper.sys(Sys.OPENAT, Flags.AT_FDCWD, path, Flags.O_CLOEXEC, 0).to(Registers.NETWORK);
    keeper.sys(Sys.SETNS, own, Namespace.NET.cloneFlag());
    keeper.sys(Sys.CLOSE, own);
  }
}
