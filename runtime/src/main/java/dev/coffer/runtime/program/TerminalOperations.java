package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.model.MountEntry.Create;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.MountAttributes;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import java.util.List;

/**
 * The container's own terminals: its devpts, the console and the ttys from there. The container
 * makes them, the keeper holds the masters; they cross before the host's tree goes away.
 */
final class TerminalOperations {
  private final ProgramBuilder program;
  private final Stream keeper;
  private final Stream child;
  private final MountOperations mounts;
  private final Blob unlock;

  private final TtyStore store;

  private boolean mountsDevpts;
  private boolean devpts;
  private boolean console;
  private boolean stored;
  private int ttys;

  TerminalOperations(ProgramBuilder program, MountOperations mounts) {
    this.program = program;
    this.keeper = program.main();
    this.child = program.child();
    this.mounts = mounts;
    this.store = new TtyStore(program);
    this.unlock = program.space(8);
  }

  /**
   * The child makes a terminal of the container's devpts for one of its users; the parent has it.
   */
  static void makeFor(ProgramBuilder program, long uid) {
    Stream child = program.child();
    open(program, program.space(8), Registers.CONSOLE_MASTER, Registers.CONSOLE_SLAVE);
    child.sys(Sys.FCHOWN, Registers.CONSOLE_SLAVE, uid, -1).tolerateAny();
    child.signal(Registers.CONSOLE_SLAVE.number(), 2);
    child.set(Registers.TERMINAL, Registers.CONSOLE_SLAVE);
    Stream parent = program.main();
    parent.await(Registers.CONSOLE_SLAVE.number(), 2);
    parent.set(Registers.TERMINAL, Registers.CONSOLE_SLAVE);
    parent.set(Registers.CONSOLE, Registers.CONSOLE_MASTER);
  }

  void mountDevpts(ContainerStep.MountDevpts pts) {
    String gid = pts.gid().map(group -> ",gid=" + group).orElse("");
    List<String> data =
        List.of(("newinstance,ptmxmode=0666,mode=0620,max=" + pts.max() + gid).split(","));
    Register mount = new Register(Registers.DEVPTS);
    Stream.Label end = new Stream.Label();
    MountAttributes attributes =
        new MountAttributes(
            false, true, false, true, MountAttributes.Atime.UNCHANGED, false, false, "");
    mounts.instance("devpts", "devpts", data, attributes, mount, end, false);
    mounts.attachTo(mount, new ContainerStep.Target("dev/pts", Create.DIRECTORY));
    child.place(end);
    devpts = true;
    mountsDevpts = true;
  }

  /**
   * The console's terminal is made once and shown wherever it is wanted.
   *
   * @param uid whose it is
   */
  void attachConsole(String path, long uid) {
    if (!console) {
      openConsole(uid);
    }
    mounts.bindOpened(Registers.CONSOLE_SLAVE, path);
  }

  private void openConsole(long uid) {
    open(program, unlock, Registers.CONSOLE_MASTER, Registers.CONSOLE_SLAVE);
    if (uid != 0) {
      child.sys(Sys.FCHOWN, Registers.CONSOLE_SLAVE, uid, -1).tolerateAny();
    }
    child.set(Registers.TERMINAL, Registers.CONSOLE_SLAVE);
    console = true;
  }

  /**
   * A terminal for the command alone, where there is none yet: of the container's devpts, or of
   * what is on /dev where it has the host's tree. It belongs to whoever makes it, pts(4).
   *
   * @param raw as for {@link #handOver}
   */
  void openSession(long uid, boolean raw) {
    if (console) {
      return;
    }
    if (!mountsDevpts) {
      int flags = Flags.O_PATH | Flags.O_DIRECTORY | Flags.O_CLOEXEC;
      child
          .sys(Sys.OPENAT, Flags.AT_FDCWD, program.text("/dev"), flags, 0)
          .to(new Register(Registers.DEVPTS));
    }
    openConsole(uid);
    child.signal(Registers.CONSOLE_SLAVE.number(), 2);
    keeper.await(Registers.CONSOLE_SLAVE.number(), 2);
    takeConsole(raw);
  }

  /**
   * In the keeper, before init is cloned.
   *
   * @param count how many will be made
   */
  void expectTtys(int count) {
    stored = TtyStore.serves(count);
    if (stored) {
      store.create();
    }
  }

  void createTtys(ContainerStep.CreateTtys step) {
    if (!stored) {
      ttys = step.count();
      createTtys(step.prefix(), 1, ttys);
      return;
    }
    for (int first = 1; first <= step.count(); first += TtyStore.BATCH) {
      int count = Math.min(TtyStore.BATCH, step.count() + 1 - first);
      createTtys(step.prefix(), first, count);
      store.put(count);
    }
    store.leave();
  }

  private void createTtys(String prefix, int first, int count) {
    for (int i = 0; i < count; i++) {
      Register slave = program.scratch();
      open(program, unlock, new Register(Registers.FIRST_TTY + i), slave);
      mounts.bindOpened(slave, prefix + (first + i));
      child.sys(Sys.CLOSE, slave);
    }
  }

  /** A new terminal, pts(4). The slave comes by ioctl, for a path could be anything here. */
  private static void open(ProgramBuilder program, Blob unlock, Register master, Register slave) {
    Stream child = program.child();
    int flags = Flags.O_RDWR | Flags.O_NOCTTY | Flags.O_CLOEXEC;
    Register directory = new Register(Registers.DEVPTS);
    child.sys(Sys.OPENAT, directory, program.text("ptmx"), flags, 0).to(master);
    child.sys(Sys.IOCTL, master, Flags.TIOCSPTLCK, unlock);
    child.sys(Sys.IOCTL, master, Flags.TIOCGPTPEER, flags).to(slave);
  }

  /**
   * Gives them to the keeper, which holds a slave of the console too, so that it never hangs up.
   *
   * @param raw whether a terminal is relayed to the console from now on
   */
  void handOver(boolean raw) {
    if (!devpts) {
      return;
    }
    int first = console ? Registers.CONSOLE_SLAVE.number() : Registers.DEVPTS;
    int count = Registers.FIRST_TTY + ttys - first;
    child.signal(first, count);
    keeper.await(first, count);
    if (stored) {
      store.take();
    }
    if (console) {
      takeConsole(raw);
    }
    devpts = false;
  }

  private void takeConsole(boolean raw) {
    keeper.set(Registers.TERMINAL, Registers.CONSOLE_SLAVE);
    keeper.set(Registers.CONSOLE, Registers.CONSOLE_MASTER);
    keeper.set(Registers.CONSOLE_SLAVE, -1L);
    keeper.set(Registers.CONSOLE_MASTER, -1L);
    if (raw) {
      keeper.raw(Registers.PEER_IN, Registers.CONSOLE);
    }
  }
}
