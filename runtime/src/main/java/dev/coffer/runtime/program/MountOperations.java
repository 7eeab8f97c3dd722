package dev.coffer.runtime.program;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Sys;
import dev.coffer.model.MountEntry.Create;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.MountAttributes;
import dev.coffer.model.plan.ContainerStep.Target;
import dev.coffer.model.plan.MountIds;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Label;

/**
 * Mounts by descriptors. What lies below the container's root is always resolved beneath the root's
 * descriptor with links refused, so nothing the container prepared can redirect a mount
 * (openat2(2)).
 */
final class MountOperations {
  static final long ONTO_DESCRIPTOR = Flags.MOVE_MOUNT_F_EMPTY_PATH | Flags.MOVE_MOUNT_T_EMPTY_PATH;

  private final ProgramBuilder program;
  private final Stream child;
  private final boolean fromKeeper;
  private final Blob beneath;
  private final Blob directoryBeneath;
  private final Blob empty;

  /** Where {@link Registers#FRESH} is, an empty file system when it was mounted; "" for nowhere. */
  private String fresh = "";

  /**
   * @param fromKeeper whether the keeper opens what lies outside, since it may reach more
   */
  MountOperations(ProgramBuilder program, boolean fromKeeper) {
    this.program = program;
    this.child = program.child();
    this.fromKeeper = fromKeeper;
    long resolve = Flags.RESOLVE_BENEATH | Flags.RESOLVE_NO_SYMLINKS | Flags.RESOLVE_NO_MAGICLINKS;
    this.beneath = program.openHow(Flags.O_PATH | Flags.O_CLOEXEC, resolve);
    this.directoryBeneath =
        program.openHow(Flags.O_PATH | Flags.O_CLOEXEC | Flags.O_DIRECTORY, resolve);
    this.empty = program.text("");
  }

  void isolate() {
    attributes(child, Flags.AT_FDCWD, program.text("/"), Flags.AT_RECURSIVE, 0, 0, Flags.MS_SLAVE);
  }

  /** When there is no root of its own, the host's is what paths are resolved beneath. */
  void hostRoot() {
    child
        .sys(
            Sys.OPENAT,
            Flags.AT_FDCWD,
            program.text("/"),
            Flags.O_PATH | Flags.O_DIRECTORY | Flags.O_CLOEXEC,
            0)
        .to(Registers.ROOT);
  }

  /** A detached copy of a host path's mount, opened by the child itself. */
  Register source(String path, boolean recursive, boolean optional) {
    Register tree = program.scratch();
    child
        .sys(Sys.OPEN_TREE, Flags.AT_FDCWD, program.text(path), treeFlags(recursive))
        .to(tree)
        .tolerateAnyIf(optional);
    return tree;
  }

  static long treeFlags(boolean recursive) {
    return Flags.OPEN_TREE_CLONE | Flags.OPEN_TREE_CLOEXEC | (recursive ? Flags.AT_RECURSIVE : 0);
  }

  /**
   * The same opened by the keeper and handed over; an optional one that is missing becomes no
   * mount.
   */
  Register fromKeeper(
      String path, boolean recursive, MountIds ids, Register userNamespaceFd, boolean optional) {
    Stream keeper = program.main();
    Register tree = program.scratch();
    keeper
        .sys(Sys.OPEN_TREE, Flags.AT_FDCWD, program.text(path), treeFlags(recursive))
        .to(tree)
        .tolerateAnyIf(optional);
    if (optional) {
      Label opened = new Label();
      keeper.jumpUnlessNegative(tree, opened);
      keeper
          .sys(
              Sys.OPENAT,
              Flags.AT_FDCWD,
              program.text("/dev/null"),
              Flags.O_PATH | Flags.O_CLOEXEC,
              0)
          .to(tree);
      keeper.place(opened);
    }
    handOver(tree, recursive, ids, userNamespaceFd, optional);
    return tree;
  }

  /**
   * Gives a mount of the keeper's to the container, with its ids. A copy made in the host's mount
   * namespace is a peer of the host's mount: what the container mounts would show there, and
   * pivot_root(2) refuses a root that is shared.
   */
  void handOver(
      Register tree, boolean recursive, MountIds ids, Register userNamespaceFd, boolean optional) {
    Stream keeper = program.main();
    Blob attr = program.words(ids.areMapped() ? Flags.MOUNT_ATTR_IDMAP : 0, 0, Flags.MS_SLAVE, 0);
    switch (ids) {
      case MountIds.AsOnDisk _ -> {}
      case MountIds.OfContainer _ -> keeper.store(attr.plus(24), userNamespaceFd, 8);
      case MountIds.OfNamespace namespace -> {
        Register other = program.scratch();
        keeper
            .sys(Sys.OPENAT, Flags.AT_FDCWD, program.text(namespace.path()), Flags.O_CLOEXEC, 0)
            .to(other);
        keeper.store(attr.plus(24), other, 8);
      }
    }
    long flags = Flags.AT_EMPTY_PATH | (recursive ? Flags.AT_RECURSIVE : 0);
    keeper.sys(Sys.MOUNT_SETATTR, tree, empty, flags, attr, 32).tolerateAnyIf(optional);
    keeper.signal(tree.number(), 1);
    keeper.sys(Sys.CLOSE, tree);
    child.await(tree.number(), 1);
  }

  void fileSystem(ContainerStep.MountFileSystem step) {
    Label end = new Label();
    Register mount = program.scratch();
    instance(
        step.type(), step.source(), step.data(), step.attributes(), mount, end, step.optional());
    attach(mount, step.target(), step.optional(), end);
    if (step.type().equals("tmpfs") && !step.optional()) {
      child.set(Registers.FRESH, mount);
      fresh = step.target().path();
    }
    child.place(end);
  }

  /** A new instance of a file system, not attached anywhere yet. */
  void instance(
      String type,
      String source,
      Iterable<String> data,
      MountAttributes attributes,
      Register mount,
      Label end,
      boolean optional) {
    instance(child, type, source, data, attributes, mount, end, optional);
  }

  /** The same made by whichever side. */
  void instance(
      Stream by,
      String type,
      String source,
      Iterable<String> data,
      MountAttributes attributes,
      Register mount,
      Label end,
      boolean optional) {
    Register context = program.scratch();
    by.sys(Sys.FSOPEN, program.text(type), Flags.FSOPEN_CLOEXEC)
        .to(context)
        .tolerateAnyIf(optional);
    skipIfFailed(by, context, optional, end);
    by.sys(
        Sys.FSCONFIG,
        context,
        Flags.FSCONFIG_SET_STRING,
        program.text("source"),
        program.text(source),
        0);
    for (String option : data) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        by.sys(Sys.FSCONFIG, context, Flags.FSCONFIG_SET_FLAG, program.text(option), 0, 0)
            .tolerateAnyIf(optional);
      } else {
        by.sys(
                Sys.FSCONFIG,
                context,
                Flags.FSCONFIG_SET_STRING,
                program.text(option.substring(0, equals)),
                program.text(option.substring(equals + 1)),
                0)
            .tolerateAnyIf(optional);
      }
    }
    Register result = program.scratch();
    by.sys(Sys.FSCONFIG, context, Flags.FSCONFIG_CMD_CREATE, 0, 0, 0)
        .to(result)
        .tolerateAnyIf(optional);
    skipIfFailed(by, result, optional, end);
    by.sys(Sys.FSMOUNT, context, Flags.FSMOUNT_CLOEXEC, bits(attributes))
        .to(mount)
        .tolerateAnyIf(optional);
    skipIfFailed(by, mount, optional, end);
    by.sys(Sys.CLOSE, context);
  }

  void bind(ContainerStep.BindMount step, Register userNamespaceFd) {
    Label end = new Label();
    Register tree;
    if (step.insideRoot()) {
      Register place = program.scratch();
      child
          .sys(Sys.OPENAT2, Registers.ROOT, program.text(step.source()), beneath, 24)
          .to(place)
          .tolerateAnyIf(step.optional());
      skipIfFailed(place, step.optional(), end);
      tree = cloneOf(place, step.recursive());
    } else if (fromKeeper || step.ids().areMapped()) {
      tree =
          fromKeeper(step.source(), step.recursive(), step.ids(), userNamespaceFd, step.optional());
    } else {
      tree = source(step.source(), step.recursive(), step.optional());
      skipIfFailed(tree, step.optional(), end);
    }
    set(tree, step.attributes(), step.recursive(), step.optional());
    attach(tree, step.target(), step.optional(), end);
    child.place(end);
  }

  /** A detached copy of the mount at an opened place. */
  Register cloneOf(Register place, boolean recursive) {
    Register tree = program.scratch();
    child.sys(Sys.OPEN_TREE, place, empty, treeFlags(recursive) | Flags.AT_EMPTY_PATH).to(tree);
    return tree;
  }

  /** Shows an opened terminal. */
  void bindOpened(Register place, String target) {
    Register tree = cloneOf(place, false);
    attach(tree, new Target(target, Create.FILE), false, new Label());
    child.sys(Sys.CLOSE, tree);
  }

  void protect(ContainerStep.ProtectPath step) {
    Label end = new Label();
    Register place = open(step.path(), true);
    child.jumpIfNegative(place, end);
    Register exception = program.scratch();
    step.except()
        .ifPresent(inner -> {
          Register at = open(step.path() + "/" + inner, true);
          child.set(exception, at);
          Label missing = new Label();
          child.jumpIfNegative(at, missing);
          child.sys(Sys.OPEN_TREE, at, empty, treeFlags(true) | Flags.AT_EMPTY_PATH).to(exception);
          child.place(missing);
        });
    Register tree = cloneOf(place, true);
    attributes(child, tree, empty, Flags.AT_EMPTY_PATH, Flags.MOUNT_ATTR_RDONLY, 0, 0);
    move(tree, place, empty, ONTO_DESCRIPTOR);
    step.except()
        .ifPresent(inner -> {
          child.jumpIfNegative(exception, end);
          Register at = open(step.path() + "/" + inner, false);
          move(exception, at, empty, ONTO_DESCRIPTOR);
        });
    child.place(end);
  }

  /** A path below the root; when it may be missing the register tells. */
  Register open(String path, boolean maybeMissing) {
    Register place = program.scratch();
    Stream.Operation operation =
        child.sys(Sys.OPENAT2, Registers.ROOT, program.text(path), beneath, 24).to(place);
    if (maybeMissing) {
      operation.tolerate(Errno.ENOENT, Errno.ENOTDIR);
    }
    return place;
  }

  /** A directory below the root; the register tells when there is none. */
  Register openDirectory(String path) {
    Register place = program.scratch();
    child
        .sys(Sys.OPENAT2, Registers.ROOT, program.text(path), directoryBeneath, 24)
        .to(place)
        .tolerate(Errno.ENOENT, Errno.ENOTDIR);
    return place;
  }

  /** Makes directories below the root one by one, never through a link. */
  void makeDirectories(String path, int mode) {
    directory(path, mode, new Label(), false);
  }

  private Register directory(String path, int mode, Label end, boolean optional) {
    Register place = program.scratch();
    child.set(place, Registers.ROOT);
    for (String name : path.split("/")) {
      Blob text = program.text(name);
      child
          .sys(Sys.MKDIRAT, place, text, mode)
          .tolerate(Errno.EEXIST, Errno.EROFS)
          .tolerateAnyIf(optional);
      child.sys(Sys.OPENAT2, place, text, directoryBeneath, 24).to(place).tolerateAnyIf(optional);
      skipIfFailed(place, optional, end);
    }
    return place;
  }

  /** Puts a mount on a place below the root. */
  void attachTo(Register mount, Target target) {
    attach(mount, target, false, new Label());
  }

  private void attach(Register mount, Target target, boolean optional, Label end) {
    if (!optional && isFresh(target)) {
      move(mount, makeFresh(target), empty, ONTO_DESCRIPTOR);
      return;
    }
    if ((fresh + "/").startsWith(target.path() + "/")) {
      fresh = ""; // it is covered
    }
    Register place = program.scratch();
    Label there = new Label();
    boolean create = target.create() != Create.NOTHING;
    Stream.Operation first =
        child.sys(Sys.OPENAT2, Registers.ROOT, program.text(target.path()), beneath, 24).to(place);
    if (optional) {
      first.tolerateAny();
    } else if (create) {
      first.tolerate(Errno.ENOENT);
    }
    if (create) {
      child.jumpUnlessNegative(place, there);
      child.set(place, make(target, optional, end));
      child.place(there);
    } else {
      skipIfFailed(place, optional, end);
    }
    child.sys(Sys.MOVE_MOUNT, mount, empty, place, empty, ONTO_DESCRIPTOR).tolerateAnyIf(optional);
  }

  private boolean isFresh(Target target) {
    int slash = target.path().lastIndexOf('/');
    return target.create() != Create.NOTHING
        && !fresh.isEmpty()
        && slash == fresh.length()
        && target.path().startsWith(fresh);
  }

  /** A place that most likely is not there yet: looking for it first would be in vain. */
  private Register makeFresh(Target target) {
    Blob name = program.text(target.path().substring(fresh.length() + 1));
    boolean directory = target.create() == Create.DIRECTORY;
    if (directory) {
      child.sys(Sys.MKDIRAT, Registers.FRESH, name, 0755).tolerate(Errno.EEXIST);
    } else {
      child.sys(Sys.MKNODAT, Registers.FRESH, name, Flags.S_IFREG | 0644, 0).tolerate(Errno.EEXIST);
    }
    Register place = program.scratch();
    Blob how = directory ? directoryBeneath : beneath;
    child.sys(Sys.OPENAT2, Registers.FRESH, name, how, 24).to(place);
    return place;
  }

  private Register make(Target target, boolean optional, Label end) {
    if (target.create() == Create.DIRECTORY) {
      return directory(target.path(), 0755, end, optional);
    }
    int slash = target.path().lastIndexOf('/');
    Register parent =
        slash < 0
            ? Registers.ROOT
            : directory(target.path().substring(0, slash), 0755, end, optional);
    Blob name = program.text(target.path().substring(slash + 1));
    child
        .sys(Sys.MKNODAT, parent, name, Flags.S_IFREG | 0644, 0)
        .tolerate(Errno.EEXIST)
        .tolerateAnyIf(optional);
    Register file = program.scratch();
    child.sys(Sys.OPENAT2, parent, name, beneath, 24).to(file).tolerateAnyIf(optional);
    return file;
  }

  void move(Object mount, Object directory, Blob path, long flags) {
    child.sys(Sys.MOVE_MOUNT, mount, empty, directory, path, flags);
  }

  void set(Register tree, MountAttributes attributes, boolean recursive, boolean optional) {
    long bits = bits(attributes);
    if (bits == 0) {
      return;
    }
    long clear = attributes.atime() == MountAttributes.Atime.UNCHANGED ? 0 : Flags.MOUNT_ATTR_ATIME;
    Blob attr = program.words(bits, clear, 0, 0);
    child
        .sys(
            Sys.MOUNT_SETATTR,
            tree,
            empty,
            Flags.AT_EMPTY_PATH | (recursive ? Flags.AT_RECURSIVE : 0),
            attr,
            32)
        .tolerateAnyIf(optional);
  }

  void propagate(ContainerStep.SetPropagation step) {
    Label end = new Label();
    String word = step.propagation();
    Register mount = open(step.path(), step.optional());
    skipIfFailed(mount, step.optional(), end);
    boolean recursive = word.startsWith("r");
    long propagation =
        switch (recursive ? word.substring(1) : word) {
          case "private" -> Flags.MS_PRIVATE;
          case "slave" -> Flags.MS_SLAVE;
          case "shared" -> Flags.MS_SHARED;
          default -> Flags.MS_UNBINDABLE;
        };
    Blob attr = program.words(0, 0, propagation, 0);
    // EINVAL: an optional mount that is not there leaves a plain directory
    child
        .sys(
            Sys.MOUNT_SETATTR,
            mount,
            empty,
            Flags.AT_EMPTY_PATH | (recursive ? Flags.AT_RECURSIVE : 0),
            attr,
            32)
        .tolerateAnyIf(step.optional());
    child.sys(Sys.CLOSE, mount);
    child.place(end);
  }

  private void attributes(
      Stream stream, Object at, Blob path, long flags, long set, long clear, long propagation) {
    Blob attr = program.words(set, clear, propagation, 0);
    stream.sys(Sys.MOUNT_SETATTR, at, path, flags, attr, 32);
  }

  private void skipIfFailed(Register register, boolean optional, Label end) {
    skipIfFailed(child, register, optional, end);
  }

  private static void skipIfFailed(Stream on, Register register, boolean optional, Label end) {
    if (optional) {
      on.jumpIfNegative(register, end);
    }
  }

  private static long bits(MountAttributes attributes) {
    return (attributes.readOnly() ? Flags.MOUNT_ATTR_RDONLY : 0)
        | (attributes.noSuid() ? Flags.MOUNT_ATTR_NOSUID : 0)
        | (attributes.noDev() ? Flags.MOUNT_ATTR_NODEV : 0)
        | (attributes.noExec() ? Flags.MOUNT_ATTR_NOEXEC : 0)
        | (attributes.noDirAtime() ? Flags.MOUNT_ATTR_NODIRATIME : 0)
        | (attributes.noSymFollow() ? Flags.MOUNT_ATTR_NOSYMFOLLOW : 0)
        | switch (attributes.atime()) {
          case UNCHANGED, RELATIVE -> 0;
          case NONE -> Flags.MOUNT_ATTR_NOATIME;
          case STRICT -> Flags.MOUNT_ATTR_STRICTATIME;
        };
  }
}
