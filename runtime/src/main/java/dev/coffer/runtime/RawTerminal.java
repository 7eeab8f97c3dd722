package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.program.TtyRelayAssembler;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * The caller's terminal in raw mode, for a tool that reads single keys. An executor as the caller's
 * child holds the mode: it restores the terminal whatever becomes of the engine.
 */
public final class RawTerminal implements AutoCloseable {
  private final Caller caller;
  private final Executor executor;

  private RawTerminal(Caller caller, Executor executor) {
    this.caller = caller;
    this.executor = executor;
  }

  /**
   * @param caller whose standard input is a terminal
   */
  public static RawTerminal open(Caller caller) {
    Executor executor = new Executor(caller.launch(true));
    RawTerminal terminal = new RawTerminal(caller, executor);
    Executor.Outcome outcome =
        executor.run(
            TtyRelayAssembler.rawMode(), List.of(), (_, _, extra) -> extra.forEach(Fd::close));
    if (outcome instanceof Executor.Outcome.Done) {
      return terminal;
    }
    terminal.close();
    throw new CofferException("the terminal cannot be put into raw mode");
  }

  /** Whether a signal has ended the child, or the caller is gone. */
  public boolean isOver() {
    return caller.ending().map(ending -> ending.waitReadable(0)).orElse(false);
  }

  @Override
  public void close() {
    try (executor) {
      executor.quit(0);
      caller.awaitEnded();
    } catch (CancellationException _) {
      // the caller is gone, and its child restores the terminal by itself
      return;
    }
  }
}
