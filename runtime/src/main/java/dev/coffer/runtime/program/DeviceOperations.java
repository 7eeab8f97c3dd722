package dev.coffer.runtime.program;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Sys;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.Step;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;

/**
 * Nodes and links below the root. Neighbours in one directory share its descriptor, and nodes are
 * made without a umask, which would take its part of their modes.
 */
final class DeviceOperations {
  private final ProgramBuilder program;
  private final Stream child;
  private final MountOperations mounts;
  private String opened = "";
  private boolean bare;

  DeviceOperations(ProgramBuilder program, MountOperations mounts) {
    this.program = program;
    this.child = program.child();
    this.mounts = mounts;
  }

  /** Before any step: ends what only neighbours may share. */
  void before(Step step) {
    boolean node = step instanceof ContainerStep.CreateDevice;
    if (bare && !node) {
      child.sys(Sys.UMASK, Registers.UMASK);
      bare = false;
    }
    if (!opened.isEmpty() && !node && !(step instanceof ContainerStep.CreateSymlink)) {
      child.sys(Sys.CLOSE, Registers.DIRECTORY);
      opened = "";
    }
  }

  void create(ContainerStep.CreateDevice device) {
    if (!bare) {
      child.sys(Sys.UMASK, 0).to(Registers.UMASK);
      bare = true;
    }
    long number = (device.minor() & 0xffL) | ((long) device.major() << 8);
    child
        .sys(
            Sys.MKNODAT,
            parent(device.path()),
            name(device.path()),
            Flags.S_IFCHR | device.mode(),
            number)
        .tolerate(Errno.EEXIST);
  }

  void create(ContainerStep.CreateSymlink link) {
    Register parent = parent(link.path());
    child
        .sys(Sys.SYMLINKAT, program.text(link.target()), parent, name(link.path()))
        .tolerate(Errno.EEXIST, Errno.EROFS);
  }

  private Register parent(String path) {
    int slash = path.lastIndexOf('/');
    String directory = slash < 0 ? "." : path.substring(0, slash);
    if (!directory.equals(opened)) {
      if (!opened.isEmpty()) {
        child.sys(Sys.CLOSE, Registers.DIRECTORY);
      }
      child.set(Registers.DIRECTORY, mounts.open(directory, false));
      opened = directory;
    }
    return Registers.DIRECTORY;
  }

  private Blob name(String path) {
    return program.text(path.substring(path.lastIndexOf('/') + 1));
  }
}
