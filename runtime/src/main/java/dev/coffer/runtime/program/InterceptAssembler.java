package dev.coffer.runtime.program;

import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.Sys;
import dev.coffer.model.Namespace;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Label;
import java.util.Arrays;
import java.util.List;

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
  private static final Register CHILD = new Register(27);
  private static final int SIGKILL = 9;
  private static final long NOBODY = 0xffffffffL;

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
    assembler.begin();
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
    assembler.begin();
    assembler.open(path, OpenFlags.PATH | (follow ? 0 : OpenFlags.NO_FOLLOW));
    assembler.handOver();
    assembler.main.report(FOUND_TAG, FOUND.number(), 1, false);
    return assembler.end();
  }

  /** What an earlier program left open is closed: one that failed could not do it itself. */
  private void begin() {
    main.set(RESULT, 0L);
    for (Register register : List.of(FOUND, CHILD, new Register(CHILD.number() + 1))) {
      main.set(register, -1L);
    }
    main.closeOthers(false);
    // ids change without capabilities changing with them, capabilities(7)
    main.sys(Sys.PRCTL, Flags.PR_SET_SECUREBITS, Flags.SECBIT_NO_SETUID_FIXUP, 0, 0, 0);
    program.cloneChild(0L, -1L, false, CHILD);
    becomeActor();
    child.step(OWN_FAILURE);
  }

  private void becomeActor() {
    child.sys(Sys.FCHDIR, ROOT);
    child.sys(Sys.CHROOT, program.text("."));
    child.sys(Sys.FCHDIR, CWD);
    Blob groups = program.space(Math.max(1, actor.groups().size()) * 4);
    for (int i = 0; i < actor.groups().size(); i++) {
      child.store(groups.plus(4 * i), actor.groups().get(i), 4);
    }
    child.sys(Sys.SETGROUPS, actor.groups().size(), groups);
    ownFiles(child, actor.uid(), actor.gid());
    child.sys(Sys.SETNS, USER, Namespace.USER.cloneFlag());
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
    return program.build();
  }

  private Blob terminated(byte[] text) {
    return program.bytes(Arrays.copyOf(text, text.length + 1));
  }
}
