package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A pseudoterminal of the host's devpts, pty(7). A container's own come from its own devpts, by the
 * launcher.
 */
public final class Pty implements AutoCloseable {
  private static final int FLAGS = OpenFlags.READ_WRITE | OpenFlags.NO_CONTROLLING_TERMINAL;
  private static final long TIOCSPTLCK = 0x40045431L;
  private static final long TIOCGPTN = 0x80045430L;
  private static final long AT_EMPTY_PATH = 0x1000;
  private static final long TIOCGPTPEER = 0x5441;

  private final Fd master;
  private final Fd slave;
  private final Path slavePath;

  private Pty(Fd master, Fd slave, Path slavePath) {
    this.master = master;
    this.slave = slave;
    this.slavePath = slavePath;
  }

  public static Pty open() {
    return of(HostFiles.open(Path.of("/dev/ptmx"), FLAGS, 0));
  }

  /** A terminal of the devpts instance whose root directory is opened here. */
  public static Pty openIn(Fd devpts) {
    try (Call call = new Call()) {
      long master =
          call.check(
              Sys.OPENAT, devpts.number(), call.text("ptmx"), FLAGS | OpenFlags.CLOSE_ON_EXEC, 0);
      return of(Fd.of((int) master));
    }
  }

  private static Pty of(Fd master) {
    int flags = FLAGS;
    try (Call call = new Call()) {
      MemorySegment number = call.ints(0);
      call.check(Sys.IOCTL, master.number(), TIOCSPTLCK, number.address());
      call.check(Sys.IOCTL, master.number(), TIOCGPTN, number.address());
      // By the master rather than by path: whatever /dev/pts is here, this is the other end (Linux
      // 4.13).
      long slave =
          call.check(Sys.IOCTL, master.number(), TIOCGPTPEER, flags | OpenFlags.CLOSE_ON_EXEC);
      return new Pty(master, Fd.of((int) slave), Path.of("/dev/pts/" + number.get(JAVA_INT, 0)));
    } catch (RuntimeException e) {
      master.close();
      throw e;
    }
  }

  public Fd master() {
    return master;
  }

  public Fd slave() {
    return slave;
  }

  /** The slave's path where devpts is on {@code /dev/pts}. */
  public Path slavePath() {
    return slavePath;
  }

  /** Makes a user the owner of the slave; its group stays that of its devpts. */
  public void give(int uid) {
    try (Call call = new Call()) {
      call.check(Sys.FCHOWNAT, slave.number(), call.text(""), uid, -1, AT_EMPTY_PATH);
    }
  }

  /** Closes both ends; one that was released or closed before stays so. */
  @Override
  public void close() {
    master.close();
    slave.close();
  }
}
