package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;

/**
 * Masters of more ttys than there are registers: they wait in a socket of the keeper's, a byte and
 * up to {@link #BATCH} of them each message, where {@link dev.coffer.linux.WaitingDescriptors}
 * finds them. The socket is made before the container is, so that it is none of its network
 * namespace.
 */
public final class TtyStore {
  /** Descriptors in one message. */
  public static final int BATCH = 15;

  /** The keeper's end. */
  public static final Register QUEUE = new Register(Registers.FIRST_TTY + BATCH);

  /** The container's, until all are in. */
  private static final Register ENTRANCE = new Register(Registers.FIRST_TTY + BATCH + 1);

  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int CONTROL_HEADER = 16;
  private static final int SOL_SOCKET = 1;
  private static final long SCM_RIGHTS = 1;

  private final ProgramBuilder program;

  TtyStore(ProgramBuilder program) {
    this.program = program;
  }

  /** Whether this many need it. */
  public static boolean serves(int ttys) {
    return ttys > Registers.MOST_TTYS;
  }

  /** In the keeper, before init is cloned, which gets both ends by that. */
  void create() {
    Stream keeper = program.main();
    Blob pair = program.space(8);
    keeper.sys(Sys.SOCKETPAIR, AF_UNIX, SOCK_STREAM | Flags.O_CLOEXEC, 0, pair);
    keeper.load(QUEUE, pair, 4);
    keeper.load(ENTRANCE, pair.plus(4), 4);
  }

  /**
   * In the container: the registers from {@link Registers#FIRST_TTY} on give their masters.
   *
   * @param count 1 to {@link #BATCH}
   */
  void put(int count) {
    Stream child = program.child();
    Blob control = program.words(CONTROL_HEADER + 4L * count, SOL_SOCKET | SCM_RIGHTS << 32);
    Blob numbers = program.space(4 * count);
    Blob piece = program.words(0, 1);
    program.relocate(piece, program.text("t"));
    Blob header = program.words(0, 0, 0, 1, 0, CONTROL_HEADER + 4L * count, 0);
    program.relocate(header.plus(16), piece);
    program.relocate(header.plus(32), control);
    for (int i = 0; i < count; i++) {
      child.store(numbers.plus(4 * i), new Register(Registers.FIRST_TTY + i), 4);
    }
    child.sys(Sys.SENDMSG, ENTRANCE, header, MSG_DONTWAIT);
    for (int i = 0; i < count; i++) {
      child.sys(Sys.CLOSE, new Register(Registers.FIRST_TTY + i));
    }
  }

  /** In the container, when all are in. */
  void leave() {
    close(program.child(), QUEUE);
    close(program.child(), ENTRANCE);
  }

  /** In the keeper: the queue stays. */
  void take() {
    close(program.main(), ENTRANCE);
  }

  private static void close(Stream stream, Register register) {
    stream.sys(Sys.CLOSE, register);
    stream.set(register, -1L);
  }
}
