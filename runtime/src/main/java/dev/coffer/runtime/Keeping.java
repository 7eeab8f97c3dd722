package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Sys;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Program;
import dev.coffer.runtime.program.ProgramBuilder;
import dev.coffer.runtime.program.Registers;
import java.util.ArrayList;
import java.util.List;

/** Small programs for a keeper that waits. */
final class Keeping {
  private Keeping() {}

  /** Copies of the descriptors in consecutive registers. */
  static List<Fd> fetch(Executor executor, int first, int count) {
    ProgramBuilder builder = new ProgramBuilder(Registers.landing());
    builder.main().report(0, first, count, false);
    List<Fd> found = new ArrayList<>();
    Executor.Outcome outcome =
        executor.run(builder.build(), List.of(), (_, _, fds) -> found.addAll(fds));
    if (!(outcome instanceof Executor.Outcome.Done)) {
      found.forEach(Fd::close);
      return List.of();
    }
    return found;
  }

  /**
   * Makes the keeper let go of its sockets, so that the container's name is free before it is
   * called stopped: an abstract socket lives until its last descriptor is closed.
   */
  static void releaseSockets(Executor executor) {
    beginRelease(executor);
    awaitRelease(executor);
  }

  /** The same without waiting for it. */
  static void beginRelease(Executor executor) {
    ProgramBuilder builder = new ProgramBuilder(Registers.landing());
    for (Register socket : List.of(Registers.COMMAND, Registers.KEEPER)) {
      builder.main().sys(Sys.CLOSE, socket).tolerateAny();
      builder.main().set(socket, -1L);
    }
    executor.send(builder.build());
  }

  /** Waits until what was begun is done. */
  static void awaitRelease(Executor executor) {
    executor.settle();
  }

  /**
   * Connects the console with a socket. The keeper serves one at a time and drops it when its other
   * end closes.
   *
   * @return false if there is no console, or someone else is connected with it
   */
  static boolean relayConsole(Executor executor, Fd peer) {
    long[] now = registers(executor);
    long out = now[Registers.PEER_OUT.number()];
    boolean taken = now[Registers.PEER_IN.number()] >= 0 || out >= 0 && out <= 2;
    if (now[Registers.CONSOLE.number()] < 0 || taken) {
      return false;
    }
    Register landing = new Register(Registers.landing());
    ProgramBuilder builder = new ProgramBuilder(Registers.landing());
    if (out >= 0) { // its user has left without the keeper having had anything to tell him
      builder.main().sys(Sys.CLOSE, Registers.PEER_OUT).tolerateAny();
    }
    builder.main().set(Registers.PEER_IN, landing);
    builder.main().set(Registers.PEER_OUT, landing);
    builder.main().set(landing, -1L);
    return executor.run(builder.build(), List.of(peer), (_, _, fds) -> fds.forEach(Fd::close))
        instanceof Executor.Outcome.Done;
  }

  /** The console is no longer relayed to the streams of whoever started it in the foreground. */
  static boolean leaveCaller(Executor executor) {
    ProgramBuilder builder = new ProgramBuilder(Registers.landing());
    builder.main().set(Registers.PEER_IN, -1L);
    builder.main().set(Registers.PEER_OUT, -1L);
    return executor.run(builder.build(), List.of(), (_, _, fds) -> fds.forEach(Fd::close))
        instanceof Executor.Outcome.Done;
  }

  /** What a keeper's registers hold. */
  static long[] registers(Executor executor) {
    return switch (executor.run(nothing(), List.of(), (_, _, fds) -> fds.forEach(Fd::close))) {
      case Executor.Outcome.Done done -> done.registers();
      case Executor.Outcome.Failed _, Executor.Outcome.Lost _ ->
          throw new CofferException("the keeper does not answer");
    };
  }

  /** A program that does nothing; its answer is what the registers hold. */
  static Program nothing() {
    return new ProgramBuilder(Registers.landing()).build();
  }
}
