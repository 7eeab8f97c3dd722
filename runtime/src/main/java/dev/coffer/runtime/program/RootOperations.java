package dev.coffer.runtime.program;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Sys;
import dev.coffer.model.CofferException;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.MountAttributes;
import dev.coffer.model.plan.MountIds;
import dev.coffer.model.plan.RootSource;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Mounts the root file system. What only the host's root may do, open a block device or change a
 * mount's ids, is the keeper's; an ordinary user's container opens its places before it becomes
 * another user.
 */
final class RootOperations {
  /** Where places that were reached ahead are kept: no terminal of the container is there yet. */
  private static final int FIRST_PLACE = Registers.FIRST_TTY;

  private static final int MOST_PLACES = Registers.MOST_TTYS;

  private static final String FOLDER = "u";
  private static final String TARGET = "m";

  private final ProgramBuilder program;
  private final Stream child;
  private final MountOperations mounts;
  private final AssemblyContext context;
  private final Register userNamespace;
  private final Blob empty;
  private boolean reached;

  RootOperations(
      ProgramBuilder program,
      MountOperations mounts,
      AssemblyContext context,
      Register userNamespace) {
    this.program = program;
    this.child = program.child();
    this.mounts = mounts;
    this.context = context;
    this.userNamespace = userNamespace;
    this.empty = program.text("");
  }

  /** Opens the root's places as whoever starts the container. */
  void reach(ContainerStep.ReachRoot step) {
    List<String> places = places(step.source());
    if (places.size() > MOST_PLACES) {
      throw new CofferException(
          "an ordinary user's overlay can have " + (MOST_PLACES - 1) + " lower directories",
          List.of("from  " + step.origin().describe()));
    }
    for (int i = 0; i < places.size(); i++) {
      open(places.get(i)).to(place(step.source(), i));
    }
    open(step.mountPoint()).to(Registers.DIRECTORY);
    reached = true;
  }

  private Stream.Operation open(String path) {
    int flags = Flags.O_PATH | Flags.O_DIRECTORY | Flags.O_CLOEXEC;
    return child.sys(Sys.OPENAT, Flags.AT_FDCWD, program.text(path), flags, 0);
  }

  private static List<String> places(RootSource source) {
    return switch (source) {
      case RootSource.Tree tree -> List.of(tree.path());
      case RootSource.Overlay overlay -> overlayPlaces(overlay);
      case RootSource.FileSystem _ -> throw new IllegalStateException("needs the host's root");
    };
  }

  private static List<String> overlayPlaces(RootSource.Overlay overlay) {
    List<String> places = new ArrayList<>(overlay.lowers());
    if (!overlay.folder().isEmpty()) {
      places.add(overlay.folder());
    }
    return places;
  }

  private static Register place(RootSource source, int index) {
    return source instanceof RootSource.Tree ? Registers.ROOT : new Register(FIRST_PLACE + index);
  }

  /** Puts the root on its mount point, where {@link Registers#ROOT} holds it. */
  void mount(ContainerStep.MountRoot step) {
    if (!context.privileged() && !reached) {
      reach(new ContainerStep.ReachRoot(step.source(), step.mountPoint(), step.origin()));
    }
    Register tree =
        switch (step.source()) {
          case RootSource.Tree source -> layer(source, 0, source.path(), step.ids());
          case RootSource.FileSystem source -> fileSystem(source, step.ids());
          case RootSource.Overlay source -> overlay(source, step);
        };
    mounts.set(tree, step.attributes(), false, false);
    attach(tree, step.mountPoint());
    if (!context.privileged()) {
      child.sys(Sys.CLOSE, Registers.DIRECTORY);
    }
    child.set(Registers.ROOT, tree);
  }

  private void attach(Register tree, String mountPoint) {
    if (context.privileged()) {
      mounts.move(tree, Flags.AT_FDCWD, program.text(mountPoint), Flags.MOVE_MOUNT_F_EMPTY_PATH);
    } else {
      mounts.move(tree, Registers.DIRECTORY, empty, MountOperations.ONTO_DESCRIPTOR);
    }
  }

  /** A detached copy of a directory's mount. */
  private Register layer(RootSource source, int index, String path, MountIds ids) {
    if (!context.privileged()) {
      return mounts.cloneOf(place(source, index), true);
    }
    if (context.userNamespace() || ids.areMapped()) {
      return mounts.fromKeeper(path, true, ids, userNamespace, false);
    }
    return mounts.source(path, true, false);
  }

  private Register fileSystem(RootSource.FileSystem source, MountIds ids) {
    Register tree = program.scratch();
    boolean byKeeper = context.userNamespace() || ids.areMapped();
    mounts.instance(
        byKeeper ? program.main() : child,
        source.type(),
        source.source(),
        source.data(),
        MountAttributes.NONE,
        tree,
        new Stream.Label(),
        false);
    if (byKeeper) {
      mounts.handOver(tree, false, ids, userNamespace, false);
    }
    return tree;
  }

  /**
   * Overlayfs takes its directories by paths in the mounter's mount namespace: they are put on a
   * file system of their own for the moment, under names so short that hundreds of them fit into
   * the page that mount(2) takes.
   */
  private Register overlay(RootSource.Overlay source, ContainerStep.MountRoot step) {
    Register stage = new Register(FIRST_PLACE + MOST_PLACES - 1);
    mounts.instance(
        "tmpfs", "tmpfs", List.of(), MountAttributes.NONE, stage, new Stream.Label(), false);
    List<String> places = overlayPlaces(source);
    if (!context.privileged()) { // the stage may cover one of them
      for (int i = 0; i < places.size(); i++) {
        child.set(place(source, i), mounts.cloneOf(place(source, i), true));
      }
    }
    attach(stage, step.mountPoint());
    for (int i = 0; i < places.size(); i++) {
      String name = i < source.lowers().size() ? String.valueOf(i) : FOLDER;
      Register layer =
          context.privileged() ? layer(source, i, places.get(i), step.ids()) : place(source, i);
      stage(stage, name, layer);
    }
    if (source.folder().isEmpty()) {
      stage(stage, FOLDER, memory());
      child.sys(Sys.MKDIRAT, stage, program.text(FOLDER + "/" + source.upper()), 0755);
    }
    child.sys(Sys.MKDIRAT, stage, program.text(TARGET), 0700);
    child
        .sys(Sys.MKDIRAT, stage, program.text(FOLDER + "/" + source.work()), 0700)
        .tolerate(Errno.EEXIST, Errno.EROFS);
    child.sys(Sys.FCHDIR, stage);
    child.sys(
        Sys.MOUNT,
        program.text("overlay"),
        program.text(TARGET),
        program.text("overlay"),
        0,
        program.text(options(source)));
    Register tree = program.scratch();
    child
        .sys(Sys.OPEN_TREE, stage, program.text(TARGET), MountOperations.treeFlags(false))
        .to(tree);
    child.sys(Sys.UMOUNT2, program.text("."), Flags.MNT_DETACH);
    child.sys(Sys.CHDIR, program.text("/"));
    child.sys(Sys.CLOSE, stage);
    child.set(stage, -1L);
    return tree;
  }

  private Register memory() {
    Register tree = program.scratch();
    mounts.instance(
        "tmpfs",
        "tmpfs",
        List.of("mode=0755"),
        MountAttributes.NONE,
        tree,
        new Stream.Label(),
        false);
    return tree;
  }

  private void stage(Register stage, String name, Register layer) {
    Blob text = program.text(name);
    child.sys(Sys.MKDIRAT, stage, text, 0700);
    mounts.move(layer, stage, text, Flags.MOVE_MOUNT_F_EMPTY_PATH);
    child.sys(Sys.CLOSE, layer);
  }

  /** In a user namespace overlayfs may keep its marks in user.overlay attributes only. */
  private String options(RootSource.Overlay source) {
    String lowers =
        IntStream.range(0, source.lowers().size())
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(":"));
    String further = source.data().isEmpty() ? "" : "," + String.join(",", source.data());
    return "lowerdir="
        + lowers
        + ",upperdir="
        + FOLDER
        + "/"
        + source.upper()
        + ",workdir="
        + FOLDER
        + "/"
        + source.work()
        + (context.userNamespace() ? ",userxattr" : "")
        + further;
  }
}
