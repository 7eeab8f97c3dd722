package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.model.Namespace;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.runtime.program.Arg.Register;
import java.util.List;

/**
 * Encodes the giving of files to a group, by a child in a user namespace of its own in which that
 * group and the owner both have numbers.
 */
public final class OwnershipAssembler {
  /** Not the main child's, whose place may be taken by a container's init. */
  private static final Register CHILD = Registers.CONSOLE_SLAVE;

  private static final Register CHILD_PIDFD = Registers.CONSOLE_MASTER;
  private static final int SIGKILL = 9;
  private static final int UNCHANGED = -1;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;

  private OwnershipAssembler() {}

  /**
   * @param gid as the new user namespace numbers it
   * @param maps what writes that namespace's maps
   */
  public static Program assemble(List<String> paths, long gid, List<KeeperStep> maps) {
    ProgramBuilder program = new ProgramBuilder(Registers.landing());
    Stream child = program.child();
    program.cloneChild((long) Namespace.USER.cloneFlag(), -1L, false, CHILD);
    new ProcessOperations(program, child).dieWithKeeper(SIGKILL);
    new IdMapOperations(program, CHILD).write(maps);
    for (String path : paths) {
      child.sys(
          Sys.FCHOWNAT, Flags.AT_FDCWD, program.text(path), UNCHANGED, gid, AT_SYMLINK_NOFOLLOW);
    }
    Stream parent = program.main();
    parent.awaitExecution();
    parent.sys(Sys.CLOSE, CHILD_PIDFD).tolerateAny();
    parent.set(CHILD, -1L);
    parent.set(CHILD_PIDFD, -1L);
    return program.build();
  }
}
