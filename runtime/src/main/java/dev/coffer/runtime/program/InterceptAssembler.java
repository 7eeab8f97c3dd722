package dev.coffer.runtime.program;

import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.Sys;
import dev.coffer.model.Namespace;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Label;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Encodes what is done in the place of a container's process. A child takes on all that the process
 * has (root and working directory, user namespace, ids, capabilities) and looks its paths up, so
 * that the kernel itself decides what the process may reach; what it found comes back as a
 * descriptor. Only then something is done to it that needs the host's root.
 */
public final class InterceptAssembler {
  /** Operations whose failure is the call's own, not one of the preparations. */
  public static final int OWN_FAILURE = 1;

  /** The report that hands over what a path led to. */
  public static final int FOUND_TAG = 1;

  /** Where the result of the last call is, when it may fail. */
  public static final Register RESULT = new Register(26);

  private static final Register ROOT = new Register(20);
  private static final Register CWD = new Register(21);
  private static final Register USER = new Register(22);
  private static final Register FOUND = new Register(25);
  private static final Register CHILD = new Register(36);
  private static final int SIGKILL = 9;
  private static final long NOBODY = 0xffffffffL;

  /** Where a mount's own namespaces have it before it comes to the container. */
  private static final String WAITING_PLACE = "/proc";

  private static final Register MOUNTS = new Register(23);
  private static final Register DEVICE = new Register(24);
  private static final Register CGROUP = new Register(23);
  private static final Register TREE = new Register(19);

  private final Actor actor;
  private final ProgramBuilder program = new ProgramBuilder(ROOT.number());
  private final Stream main = program.main();
  private final Stream child = program.child();

  /**
   * Who makes the call, as the host numbers people. Three descriptors go with each program: the
   * root and the directory that relative paths begin at, and the user namespace.
   *
   * @param capabilities that are effective in its user namespace, as bits
   */
  public record Actor(long uid, long gid, List<Long> groups, int umask, long capabilities) {
    public Actor {
      groups = List.copyOf(groups);
    }
  }

  private InterceptAssembler(Actor actor) {
    this.actor = actor;
  }

  /**
   * Makes a device node.
   *
   * @param directory path of the directory it is to be in
   * @param name in that directory
   * @param mode type and permissions, from which the umask takes its part
   */
  public static Program makeNode(
      Actor actor, byte[] directory, byte[] name, long mode, long device) {
    InterceptAssembler assembler = new InterceptAssembler(actor);
    assembler.begin(-1L);
    assembler.open(directory, Flags.O_PATH | Flags.O_DIRECTORY);
    assembler.requireWritable();
    assembler.handOver();
    assembler.asActor(name, mode, device);
    return assembler.end();
  }

  /**
   * Opens a path, O_PATH, and reports it.
   *
   * @param follow whether a symbolic link at its end is followed
   */
  public static Program find(Actor actor, byte[] path, boolean follow) {
    InterceptAssembler assembler = new InterceptAssembler(actor);
    assembler.begin(-1L);
    assembler.open(path, OpenFlags.PATH | (follow ? 0 : OpenFlags.NO_FOLLOW));
    assembler.handOver();
    assembler.main.report(FOUND_TAG, FOUND.number(), 1, false);
    return assembler.end();
  }

  /**
   * Opens a device where the container's device rules hold, and reports it. A fourth descriptor is
   * the cgroup: its file {@code tasks} in v1, its directory in v2.
   *
   * @param unified whether that cgroup is of v2; empty where there is none
   */
  public static Program openDevice(
      Actor actor, byte[] path, boolean readOnly, Optional<Boolean> unified) {
    InterceptAssembler assembler = new InterceptAssembler(actor);
    boolean born = unified.orElse(false);
    boolean moves = unified.isPresent() && !born;
    if (moves) {
      assembler.child.sys(Sys.WRITE, CGROUP, assembler.program.text("0"), 1);
    }
    assembler.begin(born ? CGROUP : -1L);
    int access = readOnly ? OpenFlags.READ_ONLY : Flags.O_RDWR;
    assembler.open(path, access | OpenFlags.NON_BLOCKING | Flags.O_NOCTTY);
    assembler.handOver();
    assembler.main.report(FOUND_TAG, FOUND.number(), 1, false);
    return assembler.end();
  }

  /**
   * Mounts a device. Two more descriptors go with it: the process's mount namespace and the device.
   *
   * <p>The owners on the device are the container's ids, by an id-mapped mount. Before the mount
   * comes to the container it passes a mount namespace of the container's user namespace: that
   * makes the kernel lock its flags, so that nobody inside takes nodev away, mount_namespaces(7).
   *
   * @param options flags and KEY=VALUE of the file system
   * @param attributes MOUNT_ATTR_… of mount_setattr(2)
   */
  public static Program mount(
      Actor actor, String type, List<String> options, long attributes, byte[] target) {
    InterceptAssembler assembler = new InterceptAssembler(actor);
    assembler.prepare();
    assembler.program.cloneChild(0L, -1L, false, CHILD);
    assembler.makeFileSystem(type, options, attributes);
    assembler.lockFlags();
    assembler.child.sys(Sys.SETNS, MOUNTS, Namespace.MOUNT.cloneFlag());
    assembler.enterRoot();
    assembler.confine();
    assembler.child.step(OWN_FAILURE);
    assembler.open(target, Flags.O_PATH);
    assembler.child.sys(
        Sys.MOVE_MOUNT,
        TREE,
        assembler.program.text(""),
        FOUND,
        assembler.program.text(""),
        Flags.MOVE_MOUNT_F_EMPTY_PATH | Flags.MOVE_MOUNT_T_EMPTY_PATH);
    return assembler.end();
  }

  private void makeFileSystem(String type, List<String> options, long attributes) {
    Register context = program.scratch();
    child.sys(Sys.UNSHARE, Namespace.MOUNT.cloneFlag());
    Blob none = program.text("none");
    child.sys(Sys.MOUNT, none, program.text("/"), none, Flags.MS_REC | Flags.MS_PRIVATE, 0L);
    Stream.Text source = program.growing("/proc/self/fd/", 32);
    child.decimal(source, DEVICE);
    child.step(OWN_FAILURE);
    child.sys(Sys.FSOPEN, program.text(type), Flags.FSOPEN_CLOEXEC).to(context);
    configure(context, program.text("source"), source.blob());
    for (String option : options) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        child.sys(Sys.FSCONFIG, context, Flags.FSCONFIG_SET_FLAG, program.text(option), 0L, 0);
      } else {
        Blob value = program.text(option.substring(equals + 1));
        configure(context, program.text(option.substring(0, equals)), value);
      }
    }
    child.sys(Sys.FSCONFIG, context, Flags.FSCONFIG_CMD_CREATE, 0L, 0L, 0);
    child.sys(Sys.FSMOUNT, context, Flags.FSMOUNT_CLOEXEC, attributes).to(TREE);
    Blob mapped = program.words(Flags.MOUNT_ATTR_IDMAP, 0, 0, 0);
    child.store(mapped.plus(24), USER, 8);
    child.sys(Sys.MOUNT_SETATTR, TREE, program.text(""), Flags.AT_EMPTY_PATH, mapped, 32);
    child.step(-1);
  }

  private void configure(Register context, Blob key, Blob value) {
    child.sys(Sys.FSCONFIG, context, Flags.FSCONFIG_SET_STRING, key, value, 0);
  }

  private void lockFlags() {
    Blob place = program.text(WAITING_PLACE);
    child.sys(
        Sys.MOVE_MOUNT,
        TREE,
        program.text(""),
        Flags.AT_FDCWD,
        place,
        Flags.MOVE_MOUNT_F_EMPTY_PATH);
    child.sys(Sys.CLOSE, TREE);
    takeIds();
    child.sys(Sys.SETNS, USER, Namespace.USER.cloneFlag());
    child.sys(Sys.UNSHARE, Namespace.MOUNT.cloneFlag());
    child
        .sys(Sys.OPEN_TREE, Flags.AT_FDCWD, place, Flags.OPEN_TREE_CLONE | Flags.OPEN_TREE_CLOEXEC)
        .to(TREE);
  }

  /** For an assistant whose program has failed: closes what that left open. */
  public static Program release() {
    ProgramBuilder program = new ProgramBuilder(ROOT.number());
    letGo(program.main());
    return program.build();
  }

  private static void letGo(Stream main) {
    for (int number = TREE.number(); number <= CHILD.number() + 1; number++) {
      if (number != RESULT.number()) {
        main.set(new Register(number), -1L);
      }
    }
    main.closeOthers(false);
  }

  private void prepare() {
    main.set(RESULT, 0L);
    // ids change without capabilities changing with them, capabilities(7)
    main.sys(Sys.PRCTL, Flags.PR_SET_SECUREBITS, Flags.SECBIT_NO_SETUID_FIXUP, 0, 0, 0);
  }

  private void begin(Object cgroup) {
    prepare();
    program.cloneChild(0L, cgroup, false, CHILD);
    enterRoot();
    takeIds();
    child.sys(Sys.SETNS, USER, Namespace.USER.cloneFlag());
    confine();
    child.step(OWN_FAILURE);
  }

  private void enterRoot() {
    child.sys(Sys.FCHDIR, ROOT);
    child.sys(Sys.CHROOT, program.text("."));
    child.sys(Sys.FCHDIR, CWD);
  }

  /** The host's numbers, which must be taken before the user namespace has others. */
  private void takeIds() {
    Blob groups = program.space(Math.max(1, actor.groups().size()) * 4);
    for (int i = 0; i < actor.groups().size(); i++) {
      child.store(groups.plus(4 * i), actor.groups().get(i), 4);
    }
    child.sys(Sys.SETGROUPS, actor.groups().size(), groups);
    ownFiles(child, actor.uid(), actor.gid());
  }

  private void confine() {
    ProcessOperations process = new ProcessOperations(program, child);
    process.holdExactly(actor.capabilities());
    // both were lost with the credentials, prctl(2)
    process.dumpable(false);
    process.dieWithKeeper(SIGKILL);
  }

  /**
   * setfsuid(2) and setfsgid(2) say nothing of a failure; asked for nobody, they tell who it is.
   */
  private void ownFiles(Stream stream, long uid, long gid) {
    stream.sys(Sys.SETFSGID, gid);
    requireId(stream, Sys.SETFSGID, gid);
    stream.sys(Sys.SETFSUID, uid);
    requireId(stream, Sys.SETFSUID, uid);
  }

  private void requireId(Stream stream, Sys call, long id) {
    Register now = program.scratch();
    Label changed = new Label();
    stream.sys(call, NOBODY).to(now);
    stream.jumpIfEqual(now, id, changed);
    stream.fail(call, 1);
    stream.place(changed);
  }

  private void open(byte[] path, int flags) {
    child
        .sys(
            Sys.OPENAT2,
            Flags.AT_FDCWD,
            terminated(path),
            program.openHow(flags | Flags.O_CLOEXEC, Flags.RESOLVE_NO_MAGICLINKS),
            24)
        .to(FOUND);
  }

  private void requireWritable() {
    int flags = Flags.AT_EACCESS | Flags.AT_EMPTY_PATH;
    child.sys(Sys.FACCESSAT2, FOUND, program.text(""), Flags.W_OK | Flags.X_OK, flags);
  }

  private void handOver() {
    child.signal(FOUND.number(), 1);
    main.await(FOUND.number(), 1);
  }

  /** The node is the actor's, made by the capabilities of the host's root. */
  private void asActor(byte[] name, long mode, long device) {
    main.sys(Sys.UMASK, actor.umask());
    ownFiles(main, actor.uid(), actor.gid());
    main.sys(Sys.MKNODAT, FOUND, terminated(name), mode, device).to(RESULT).tolerateAny();
    ownFiles(main, 0, 0);
  }

  private Program end() {
    main.awaitExecution();
    letGo(main);
    return program.build();
  }

  private Blob terminated(byte[] text) {
    return program.bytes(Arrays.copyOf(text, text.length + 1));
  }
}
