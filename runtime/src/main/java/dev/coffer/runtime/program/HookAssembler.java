package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.model.Namespace;
import dev.coffer.model.plan.RunHook;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A program that runs hooks of a container that has ended, in its keeper. */
public final class HookAssembler {
  private HookAssembler() {}

  public static Program assemble(
      List<RunHook> hooks,
      String name,
      List<String> environment,
      List<String> hookEnvironment,
      int hookVersion,
      Set<Namespace> namespaces) {
    AssemblyContext context =
        new AssemblyContext(
            name,
            new AssemblyContext.Console.None(),
            List.of(),
            AssemblyContext.Relay.AS_BEFORE,
            List.of(),
            0,
            0,
            environment,
            hookEnvironment,
            hookVersion,
            0,
            false,
            true,
            namespaces,
            0,
            Optional.empty(),
            List.of(),
            "",
            0,
            Optional.empty());
    ProgramBuilder program = new ProgramBuilder(Registers.landing());
    program
        .main()
        .sys(Sys.MEMFD_CREATE, program.text("hook-output"), 1)
        .to(Registers.HOOK_LOG)
        .tolerateAny();
    HookOperations operations = new HookOperations(program, context);
    for (int i = 0; i < hooks.size(); i++) {
      program.main().report(i, 0, 0, false);
      operations.run(program.main(), hooks.get(i), false);
    }
    program.main().sys(Sys.CLOSE, Registers.HOOK_LOG).tolerateAny();
    program.main().set(Registers.HOOK_LOG, -1L);
    return program.build();
  }
}
