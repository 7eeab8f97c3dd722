package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.runtime.CommandOrder;
import dev.coffer.runtime.program.Arg.Blob;
import java.util.List;
import java.util.Set;

/** Encodes a command of the host's that runs in namespaces of its own. */
public final class CommandAssembler {
  private static final long MS_REC = 1 << 14;
  private static final int SIGKILL = 9;

  private CommandAssembler() {}

  public static Program assemble(CommandOrder order) {
    ProgramBuilder program = new ProgramBuilder(Registers.landing());
    Stream parent = program.main();
    Stream child = program.child();
    parent.set(Registers.ON_EXIT, 1L);
    long flags =
        order.namespaces().stream()
            .filter(namespace -> namespace != Namespace.TIME) // of the child's children only
            .mapToLong(Namespace::cloneFlag)
            .reduce(0, (a, b) -> a | b);
    program.cloneChild(flags, -1L, true, Registers.MAIN_PID);
    ProcessOperations process = new ProcessOperations(program, child);
    process.dieWithKeeper(SIGKILL);
    if (!order.maps().isEmpty()) {
      new IdMapOperations(program, Registers.MAIN_PID).write(order.maps());
    }
    if (!order.interfaces().isEmpty()) {
      parent.report(0, 0, 0, true);
    }
    parent.signal(0, 0);
    child.await(0, 0);
    child.sys(Sys.CHDIR, program.text(order.cwd())); // which another user may not reach
    order.identity().ifPresent(who -> process.becomeUser(who.uid(), who.gid(), List.of(), SIGKILL));
    if (order.namespaces().contains(Namespace.MOUNT)) {
      child.sys(Sys.MOUNT, 0, program.text("/"), 0, Flags.MS_SLAVE | MS_REC, 0);
    }
    order.hostname().ifPresent(process::setHostname);
    if (order.remount()) {
      remount(program, order.namespaces());
    }
    process.execute(
        new ContainerStep.Execute(
            order.command(), order.searchPath(), order.environment(), Origin.option("command")));
    parent.awaitExecution();
    return program.build();
  }

  /** A proc of a new pid namespace, message queues of a new IPC namespace, shared memory. */
  private static void remount(ProgramBuilder program, Set<Namespace> namespaces) {
    if (namespaces.contains(Namespace.PID)) {
      mount(program, "proc", "/proc");
    }
    mount(program, "tmpfs", "/dev/shm");
    mount(program, "mqueue", "/dev/mqueue");
  }

  /** What is not there, or not allowed, is left as it was. */
  private static void mount(ProgramBuilder program, String type, String path) {
    Blob name = program.text(type);
    program.child().sys(Sys.MOUNT, name, program.text(path), name, 0, 0).tolerateAny();
  }
}
