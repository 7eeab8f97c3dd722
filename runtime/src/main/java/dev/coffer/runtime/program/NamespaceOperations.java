package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.model.Namespace;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.runtime.program.Arg.Register;
import java.util.EnumSet;
import java.util.Set;

/**
 * Enters namespaces that are there already. The keeper enters some for the time of init's birth
 * only; the way back is held where init's own will be.
 */
final class NamespaceOperations {
  private final ProgramBuilder program;
  private final Stream keeper;
  private final Set<Namespace> left = EnumSet.noneOf(Namespace.class);

  NamespaceOperations(ProgramBuilder program, Stream keeper) {
    this.program = program;
    this.keeper = keeper;
  }

  /** Mounts of the host still arrive there, and none of its own goes out. */
  void unshareMounts() {
    holdOwn(Namespace.MOUNT);
    keeper.sys(Sys.UNSHARE, (long) Namespace.MOUNT.cloneFlag());
    keeper.sys(Sys.MOUNT, 0, program.text("/"), 0, Flags.MS_SLAVE | Flags.MS_REC, 0);
  }

  void lend(KeeperStep.LendNamespace lend) {
    holdOwn(lend.namespace());
    join(keeper, lend.path(), lend.namespace());
  }

  private void holdOwn(Namespace namespace) {
    keeper
        .sys(
            Sys.OPENAT,
            Flags.AT_FDCWD,
            program.text("/proc/self/ns/" + namespace.file()),
            Flags.O_CLOEXEC,
            0)
        .to(new Register(Registers.FIRST_NAMESPACE + namespace.ordinal()));
    left.add(namespace);
  }

  void returnToOwn() {
    for (Namespace namespace : left) {
      Register own = new Register(Registers.FIRST_NAMESPACE + namespace.ordinal());
      keeper.sys(Sys.SETNS, own, namespace.cloneFlag());
      keeper.sys(Sys.CLOSE, own);
      keeper.set(own, -1L);
    }
  }

  void join(Stream stream, String path, Namespace namespace) {
    Register file = program.scratch();
    stream.sys(Sys.OPENAT, Flags.AT_FDCWD, program.text(path), Flags.O_CLOEXEC, 0).to(file);
    stream.sys(Sys.SETNS, file, namespace.cloneFlag());
    stream.sys(Sys.CLOSE, file);
  }
}
