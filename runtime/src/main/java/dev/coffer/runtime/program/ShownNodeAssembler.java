package dev.coffer.runtime.program;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Sys;
import dev.coffer.model.Namespace;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import java.nio.file.Path;

/**
 * Encodes how a device node of the host is shown inside a container with a user namespace, where no
 * device works on what the container has mounted itself. It is done as the container's root:
 * whoever has no number there can make nothing on such mounts, EOVERFLOW.
 */
public final class ShownNodeAssembler {
  /** Where the pidfd of the container's init goes. */
  public static final Register INIT = new Register(20);

  private static final Register TREE = new Register(21);

  private ShownNodeAssembler() {}

  public static Program show(Path host, Path place) {
    ProgramBuilder program = new ProgramBuilder(INIT.number());
    Stream executor = program.main();
    executor
        .sys(
            Sys.OPEN_TREE,
            Flags.AT_FDCWD,
            program.text(host.toString()),
            Flags.OPEN_TREE_CLONE | Flags.OPEN_TREE_CLOEXEC)
        .to(TREE);
    enter(executor);
    for (int count = 1; count < place.getNameCount(); count++) {
      Path directory = place.getRoot().resolve(place.subpath(0, count));
      executor
          .sys(Sys.MKDIRAT, Flags.AT_FDCWD, program.text(directory.toString()), 0755)
          .tolerate(Errno.EEXIST, Errno.EROFS);
    }
    Blob target = program.text(place.toString());
    executor.sys(Sys.MKNODAT, Flags.AT_FDCWD, target, Flags.S_IFREG | 0644, 0);
    executor.sys(
        Sys.MOVE_MOUNT,
        TREE,
        program.text(""),
        Flags.AT_FDCWD,
        target,
        Flags.MOVE_MOUNT_F_EMPTY_PATH);
    return program.build();
  }

  public static Program hide(Path place) {
    ProgramBuilder program = new ProgramBuilder(INIT.number());
    Stream executor = program.main();
    enter(executor);
    Blob target = program.text(place.toString());
    executor.sys(Sys.UMOUNT2, target, Flags.MNT_DETACH).tolerateAny();
    executor.sys(Sys.UNLINKAT, Flags.AT_FDCWD, target, 0);
    return program.build();
  }

  private static void enter(Stream executor) {
    executor.sys(Sys.SETNS, INIT, Namespace.USER.cloneFlag() | Namespace.MOUNT.cloneFlag());
    executor.sys(Sys.SETRESGID, 0, 0, 0);
    executor.sys(Sys.SETRESUID, 0, 0, 0);
  }
}
