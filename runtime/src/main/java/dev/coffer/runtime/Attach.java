package dev.coffer.runtime;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.Pty;
import dev.coffer.linux.WaitStatus;
import dev.coffer.model.CofferException;
import dev.coffer.model.plan.Step;
import dev.coffer.plan.Hints;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.AttachAssembler;
import dev.coffer.runtime.program.Program;
import dev.coffer.runtime.program.Registers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs one command inside a container, as the caller's child, and waits for it. */
public final class Attach {
  private static final int NOT_FOUND = 127;
  private static final int NOT_EXECUTABLE = 126;

  private Attach() {}

  /**
   * @param listeners gets the listener of the command's own filter, if it has one
   * @param terminal a terminal of the container's, when the caller has one to be replaced
   * @return the command's exit status, 128 + signal when a signal ended it
   */
  public static int run(
      AttachOrder order, Optional<Pty> terminal, Caller caller, Consumer<Fd> listeners) {
    return run(order, terminal, Optional.empty(), caller, listeners);
  }

  /** The same with a terminal that the command makes itself, in the container's devpts. */
  public static int runOnOwnTerminal(
      AttachOrder order, Fd devpts, Caller caller, Consumer<Fd> listeners) {
    return run(order, Optional.empty(), Optional.of(devpts), caller, listeners);
  }

  private static int run(
      AttachOrder order,
      Optional<Pty> terminal,
      Optional<Fd> devpts,
      Caller caller,
      Consumer<Fd> listeners) {
    List<Fd> opened = new ArrayList<>();
    try (Executor executor = new Executor(caller.launch(true))) {
      order.scope().ifPresent(unit -> enterScope(unit, executor));
      List<Register> landings = new ArrayList<>();
      List<Fd> fds = new ArrayList<>();
      landings.add(AttachAssembler.INIT);
      fds.add(order.init().fd());
      terminal.ifPresent(pty -> {
        landings.add(Registers.CONSOLE);
        fds.add(pty.master());
        landings.add(Registers.TERMINAL);
        fds.add(pty.slave());
      });
      devpts.ifPresent(fd -> {
        landings.add(new Register(Registers.DEVPTS));
        fds.add(fd);
      });
      order
          .terminalLog()
          .ifPresent(log -> {
            int flags = OpenFlags.WRITE_ONLY | OpenFlags.APPEND | OpenFlags.CREATE;
            opened.add(HostFiles.open(log, flags, 0600));
            landings.add(Registers.CONSOLE_LOG);
            fds.add(opened.getLast());
          });
      List<Integer> replaced = new ArrayList<>();
      boolean relayed = terminal.isPresent() || devpts.isPresent();
      for (int number = 0; relayed && number <= 2; number++) {
        if (caller.isTerminal(number)) {
          replaced.add(number);
        }
      }
      Program program = AttachAssembler.assemble(order, landings, replaced);
      Executor.Outcome outcome =
          executor.run(program, fds, (_, _, listener) -> listener.forEach(listeners));
      return switch (outcome) {
        case Executor.Outcome.Done _ -> new WaitStatus(caller.awaitEnded()).shellCode();
        case Executor.Outcome.Lost _ -> new WaitStatus(caller.awaitEnded()).shellCode();
        case Executor.Outcome.Failed failed -> {
          executor.quit(1);
          caller.awaitEnded();
          throw failure(order, program, failed);
        }
      };
    } finally {
      opened.forEach(Fd::close);
    }
  }

  private static void enterScope(String unit, Executor executor) {
    int self = (int) Keeping.registers(executor)[Registers.SELF.number()];
    UserScope.enter(unit, self, HostFactsReader.uid());
  }

  private static CofferException failure(
      AttachOrder order, Program program, Executor.Outcome.Failed failed) {
    String reason = Errno.describe(failed.errno());
    if (program.stepOf(failed.operation()) == AttachAssembler.EXECUTE) {
      String command = order.commands().getLast().getFirst();
      int code = failed.errno() == Errno.ENOENT.number() ? NOT_FOUND : NOT_EXECUTABLE;
      List<String> details =
          Hints.executing(order.confinement().labels(), failed.errno()).stream()
              .map(hint -> "hint  " + hint)
              .toList();
      return new CofferException("Failed to exec \"" + command + "\": " + reason, details, code);
    }
    int label = program.stepOf(failed.operation()) - AttachAssembler.LABEL;
    if (label >= 0) {
      Step step = order.confinement().writing().get(label);
      List<String> details = new ArrayList<>(List.of("from  " + step.origin().describe()));
      Hints.hint(step, program.callOf(failed.operation()), failed.errno())
          .ifPresent(hint -> details.add("hint  " + hint));
      return new CofferException("cannot " + step.describe() + ": " + reason, details);
    }
    return new CofferException(
        "cannot attach, " + program.callOf(failed.operation()) + " failed: " + reason,
        List.of("hint  the container may be stopping just now"));
  }
}
