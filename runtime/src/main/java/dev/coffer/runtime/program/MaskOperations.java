package dev.coffer.runtime.program;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Sys;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.MountAttributes;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Label;
import java.util.List;

/**
 * Hides paths below the container's root: files under the host's null device, directories under one
 * empty file system for all of them. The device is opened once, on the host's side, and looked at:
 * a path inside could lead to another file, which then would be shown writable. What is not there
 * needs no mask; all else fails the start.
 */
final class MaskOperations {
  /** Room for the root directory alone, and not to be written even when mounted anew. */
  private static final List<String> EMPTY = List.of("size=4k", "nr_inodes=1", "mode=555", "ro");

  private static final long NULL_NUMBER = 1 | 3L << 32;
  private static final int STATX_TYPE = 1;
  private static final int STATX_SIZE = 256;

  /** Of stx_rdev_major, with stx_rdev_minor behind it. */
  private static final int STATX_DEVICE_NUMBER = 128;

  private static final long BOTH_EMPTY =
      Flags.MOVE_MOUNT_F_EMPTY_PATH | Flags.MOVE_MOUNT_T_EMPTY_PATH;

  private final ProgramBuilder program;
  private final Stream child;
  private final MountOperations mounts;
  private final Blob empty;
  private boolean ready;

  MaskOperations(ProgramBuilder program, MountOperations mounts) {
    this.program = program;
    this.child = program.child();
    this.mounts = mounts;
    this.empty = program.text("");
  }

  void mask(ContainerStep.MaskPath step) {
    prepare();
    Label end = new Label();
    Label file = new Label();
    // looked at first: a cover that does not fit is a mount to be undone, for which the kernel
    // waits until no processor looks at it any more
    Register directory = mounts.openDirectory(step.path());
    child.jumpIfEqual(directory, -Errno.ENOENT.number(), end);
    child.jumpIfNegative(directory, file);
    coverDirectory(directory);
    child.jump(end);
    child.place(file);
    Register place = mounts.open(step.path(), true);
    child.jumpIfNegative(place, end);
    Register cover = mounts.cloneOf(Registers.NULL_DEVICE, false);
    mounts.move(cover, place, empty, BOTH_EMPTY);
    child.place(end);
  }

  /** The first gets the mount itself, for older kernels copy attached mounts only. */
  private void coverDirectory(Register place) {
    Label again = new Label();
    Label end = new Label();
    child.jumpUnlessNegative(Registers.EMPTY_DIRECTORY, again);
    Register mount = program.scratch();
    mounts.instance("tmpfs", "none", EMPTY, MountAttributes.READ_ONLY, mount, new Label(), false);
    mounts.move(mount, place, empty, BOTH_EMPTY);
    child.set(Registers.EMPTY_DIRECTORY, mount);
    child.jump(end);
    child.place(again);
    Register copy = mounts.cloneOf(Registers.EMPTY_DIRECTORY, false);
    mounts.move(copy, place, empty, BOTH_EMPTY);
    child.place(end);
  }

  private void prepare() {
    if (ready) {
      return;
    }
    ready = true;
    child.set(Registers.EMPTY_DIRECTORY, -1L);
    child
        .sys(
            Sys.OPENAT,
            Flags.AT_FDCWD,
            program.text("/dev/null"),
            Flags.O_PATH | Flags.O_NOFOLLOW | Flags.O_CLOEXEC,
            0)
        .to(Registers.NULL_DEVICE);
    Blob stat = program.space(STATX_SIZE);
    child.sys(Sys.STATX, Registers.NULL_DEVICE, empty, Flags.AT_EMPTY_PATH, STATX_TYPE, stat);
    Register number = program.scratch();
    child.load(number, stat.plus(STATX_DEVICE_NUMBER), 8);
    Label genuine = new Label();
    child.jumpIfEqual(number, NULL_NUMBER, genuine);
    child.fail(Sys.STATX, (long) Errno.ENODEV.number());
    child.place(genuine);
  }
}
