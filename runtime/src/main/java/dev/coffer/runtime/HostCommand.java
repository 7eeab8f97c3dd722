package dev.coffer.runtime;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.Links;
import dev.coffer.linux.Netlink;
import dev.coffer.linux.WaitStatus;
import dev.coffer.model.CofferException;
import dev.coffer.model.Namespace;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.runtime.program.CommandAssembler;
import dev.coffer.runtime.program.Program;
import dev.coffer.runtime.program.Registers;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs a program of the host as the caller's child, such as a template. */
public final class HostCommand {
  private static final List<String> SYSTEM = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private HostCommand() {}

  /**
   * In a mount namespace of its own.
   *
   * @param maps what writes the id maps of the user namespace it is root of; empty for none
   * @return its exit status, 128 + signal when a signal ended it
   */
  public static int run(
      List<String> command,
      Map<String, String> environment,
      Path cwd,
      List<KeeperStep> maps,
      Caller caller) {
    Set<Namespace> namespaces =
        maps.isEmpty() ? EnumSet.of(Namespace.MOUNT) : EnumSet.of(Namespace.MOUNT, Namespace.USER);
    CommandOrder order =
        new CommandOrder(
            command,
            SYSTEM,
            HookEnvironment.of(environment),
            cwd.toString(),
            namespaces,
            maps,
            maps.isEmpty() ? Optional.empty() : Optional.of(CommandOrder.Identity.ROOT),
            Optional.empty(),
            false,
            List.of());
    return run(order, true, caller);
  }

  /**
   * @param await whether its end is awaited; otherwise it goes on with the caller's streams
   * @return its exit status, 128 + signal when a signal ended it; 0 when it goes on
   */
  public static int run(CommandOrder order, boolean await, Caller caller) {
    Program program = CommandAssembler.assemble(order);
    try (Executor executor = new Executor(caller.launch(true))) {
      Executor.Outcome outcome;
      try {
        outcome =
            executor.run(
                program,
                List.of(),
                (_, registers, fds) -> {
                  fds.forEach(Fd::close);
                  order.interfaces().forEach(name -> move(name, registers));
                  executor.proceed();
                });
      } catch (RuntimeException e) {
        executor.quit(1);
        caller.awaitEnded();
        throw e;
      }
      if (outcome instanceof Executor.Outcome.Failed failed) {
        executor.quit(1);
        caller.awaitEnded();
        throw new CofferException(
            "cannot run " + order.command().getFirst() + ": " + StartFailure.reason(failed),
            List.of("step  " + program.callOf(failed.operation())));
      }
      return await ? new WaitStatus(caller.awaitEnded()).shellCode() : 0;
    }
  }

  private static void move(String name, long[] registers) {
    try (Netlink netlink = Netlink.open()) {
      Links links = new Links(netlink);
      links.move(links.require(name).index(), (int) registers[Registers.MAIN_PID.number()]);
    } catch (KernelException e) {
      throw new CofferException(
          "cannot move the interface " + name + ": " + Errno.describe(e.errno()));
    }
  }
}
