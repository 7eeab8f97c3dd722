package dev.coffer.runtime;

import dev.coffer.linux.WaitStatus;
import dev.coffer.model.plan.RunHook;
import dev.coffer.runtime.program.HookAssembler;
import dev.coffer.runtime.program.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Hooks and scripts that a keeper runs when its container has ended. */
final class EndHooks {
  private EndHooks() {}

  /**
   * A failure is told in the log.
   *
   * @param target what LXC_TARGET says: stop or reboot
   * @return whether all went well
   */
  static boolean run(Life life, List<RunHook> hooks, Optional<String> target) {
    if (hooks.isEmpty()) {
      return true;
    }
    List<String> variables =
        new ArrayList<>(HookEnvironment.of(life.spec(), life.order.request().mountPoint()));
    target.ifPresent(word -> variables.add("LXC_TARGET=" + word));
    variables.add("LXC_PID=" + life.initPid());
    Program program =
        HookAssembler.assemble(
            hooks,
            life.name(),
            HookEnvironment.of(life.beginning.environment()),
            variables,
            life.spec().hookVersion(),
            life.namespaces());
    Executor.Outcome outcome =
        life.executor.run(
            program,
            List.of(),
            (tag, _, fds) -> {
              fds.forEach(fd -> fd.close());
              RunHook hook = hooks.get(tag);
              life.hook = Optional.of(HookInProgress.now(hook.type(), hook.command()));
            });
    life.hook = Optional.empty();
    if (outcome instanceof Executor.Outcome.Failed failed) {
      RunHook first = hooks.getFirst();
      String what =
          first.network().isPresent()
              ? "script.down of lxc.net." + first.network().get().number() + " failed: "
              : first.type().key() + " hook failed: ";
      new ContainerLog(life.spec())
          .errorUnheard(
              what
                  + new WaitStatus(failed.waitStatus()).describe()
                  + (failed.output().isEmpty() ? "" : ": " + failed.output()));
    }
    return outcome instanceof Executor.Outcome.Done;
  }
}
