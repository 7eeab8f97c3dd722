package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.runtime.program.Arg.Register;

/** Encodes the relay between the caller's terminal and one of a container's. */
public final class TtyRelayAssembler {
  /** The terminal whose size follows the caller's. */
  private static final Register SIZED = new Register(20);

  private TtyRelayAssembler() {}

  /**
   * @param raw whether the caller's standard input is a terminal
   */
  public static Program relay(int escape, boolean raw) {
    ProgramBuilder builder = new ProgramBuilder(Registers.landing());
    Stream executor = builder.main();
    executor.set(Registers.CONSOLE, new Register(Registers.landing()));
    executor.set(SIZED, new Register(Registers.landing() + 1));
    executor.set(new Register(Registers.landing()), -1L);
    executor.set(new Register(Registers.landing() + 1), -1L);
    // between two logins nobody has the terminal open, which is no end of it
    int flags = Flags.O_RDWR | Flags.O_NOCTTY | Flags.O_CLOEXEC;
    executor
        .sys(Sys.IOCTL, Registers.CONSOLE, Flags.TIOCGPTPEER, flags)
        .to(Registers.TERMINAL)
        .tolerateAny();
    executor.set(Registers.ESCAPE, (long) escape);
    executor.set(Registers.PEER_IN, 0L);
    executor.set(Registers.PEER_OUT, 1L);
    if (raw) {
      executor.raw(0L, SIZED);
    }
    return builder.build();
  }

  /** Raw mode for the caller's standard input, nothing relayed. */
  public static Program rawMode() {
    ProgramBuilder builder = new ProgramBuilder(Registers.landing());
    builder.main().raw(0L, -1L);
    return builder.build();
  }

  /** Lets the terminal hang up once nobody else has it open. */
  public static Program letGo() {
    ProgramBuilder builder = new ProgramBuilder(Registers.landing());
    builder.main().sys(Sys.CLOSE, Registers.TERMINAL).tolerateAny();
    builder.main().set(Registers.TERMINAL, -1L);
    return builder.build();
  }
}
