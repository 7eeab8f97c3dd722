package dev.coffer.runtime.program;

import dev.coffer.model.Namespace;
import dev.coffer.runtime.program.Arg.Register;

/**
 * The registers with a meaning: those of native/PROTOCOL.md and those that start programs agree on.
 */
public final class Registers {
  public static final Register CHANNEL = new Register(0);
  public static final Register SYNC = new Register(1);
  public static final Register MAIN_PID = new Register(2);
  public static final Register MAIN_PIDFD = new Register(3);
  public static final Register CONSOLE = new Register(4);
  public static final Register PEER_IN = new Register(5);
  public static final Register PEER_OUT = new Register(6);
  public static final Register CONSOLE_LOG = new Register(7);
  public static final Register COMMAND = new Register(8);
  public static final Register KEEPER = new Register(9);
  public static final Register ON_EXIT = new Register(10);
  public static final Register HOOK_LOG = new Register(11);
  public static final Register SELF = new Register(12);
  public static final Register ESCAPE = new Register(13);
  public static final Register PENDING = new Register(14);

  /** Where init waits for what the engine does meanwhile. */
  public static final Register GATE = new Register(15);

  /**
   * The slave of the console's or session's terminal; kept open so that the master never hangs up.
   */
  public static final Register TERMINAL = new Register(16);

  /** Inside the container: its root directory. */
  public static final Register ROOT = new Register(17);

  /** Inside the container: a private instance of proc for writing kernel values. */
  public static final Register PROC = new Register(18);

  /** Inside the container: the Landlock rules while they are gathered. */
  static final Register LANDLOCK = new Register(19);

  /** In the keeper: the listener of the container's system call filter. */
  public static final Register LISTENER = new Register(18);

  /** First of eight: the container's namespaces in the order of {@code Namespace}, for hooks. */
  public static final int FIRST_NAMESPACE = 20;

  /** Inside the container: the directory that nodes and links are being made in. */
  static final Register DIRECTORY = new Register(35);

  /** Inside the container: the umask, while it is set aside. */
  static final Register UMASK = new Register(36);

  /** The console's terminal while it crosses from the container to the keeper. */
  static final Register CONSOLE_SLAVE = new Register(37);

  static final Register CONSOLE_MASTER = new Register(38);

  /** The network namespace, from its creation on. */
  static final Register NETWORK = new Register(FIRST_NAMESPACE + Namespace.NET.ordinal());

  /** Inside the container, which holds no namespaces: a file system that was just mounted. */
  static final Register FRESH = new Register(FIRST_NAMESPACE + Namespace.MOUNT.ordinal());

  /** The container's devpts; the masters of its ttys follow. */
  public static final int DEVPTS = 39;

  public static final int FIRST_TTY = 40;
  public static final int MOST_TTYS = 19;

  /** Inside the container, before the ttys are made: what masked files look like. */
  static final Register NULL_DEVICE = new Register(FIRST_TTY + MOST_TTYS - 2);

  /** The same for masked directories, negative as long as there is none. */
  static final Register EMPTY_DIRECTORY = new Register(FIRST_TTY + MOST_TTYS - 1);

  public static final Register LOG_OLDER = new Register(59);
  public static final Register LOG_MOST = new Register(60);
  public static final Register RING = new Register(61);
  public static final Register RING_OLDER = new Register(62);
  public static final Register RING_MOST = new Register(63);

  /** Registers that steps use for the moment. */
  static final int FIRST_SCRATCH = 28;

  static final int LAST_SCRATCH = 34;

  private Registers() {}

  /**
   * First register that descriptors sent with a program arrive in, before they are put in place.
   */
  public static int landing() {
    return FIRST_SCRATCH;
  }
}
