package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The size of a terminal in characters, ioctl_tty(2). */
public record WindowSize(int rows, int columns) {
  private static final int TIOCGWINSZ = 0x5413;
  private static final int TIOCSWINSZ = 0x5414;

  /** Empty if the descriptor is no terminal. */
  public static Optional<WindowSize> read(Fd terminal) {
    try (Call call = new Call()) {
      MemorySegment winsize = call.allocate(Layouts.WINSIZE);
      if (call.run(Sys.IOCTL, terminal.number(), TIOCGWINSZ, winsize.address()) < 0) {
        return Optional.empty();
      }
      return Optional.of(
          new WindowSize(
              Short.toUnsignedInt(winsize.get(JAVA_SHORT, 0)),
              Short.toUnsignedInt(winsize.get(JAVA_SHORT, 2))));
    }
  }

  public void applyTo(Fd terminal) {
    try (Call call = new Call()) {
      MemorySegment winsize = call.allocate(Layouts.WINSIZE);
      winsize.set(JAVA_SHORT, 0, (short) rows);
      winsize.set(JAVA_SHORT, 2, (short) columns);
      call.check(Sys.IOCTL, terminal.number(), TIOCSWINSZ, winsize.address());
    }
  }
}
