package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.WaitStatus;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.program.Program;
import dev.coffer.runtime.program.TtyRelayAssembler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Connects the caller's terminal with one of a container's, by an executor as the caller's child:
 * it restores the terminal whatever becomes of the engine.
 */
public final class TtyRelay {
  private static final int LAST_WORDS_SECONDS = 2;

  private TtyRelay() {}

  /**
   * Returns when the user leaves, when the terminal hangs up or when init has ended.
   *
   * @param terminal the master of a terminal, or a socket that stands for one
   * @param sized the terminal that follows the size of the caller's; empty for {@code terminal}
   * @param escape as in {@code native/PROTOCOL.md}
   * @return the relay's exit status
   */
  public static int run(
      Fd terminal, Optional<Fd> sized, int escape, Optional<Pidfd> init, Caller caller) {
    CountDownLatch ended = new CountDownLatch(1);
    try (Executor executor = new Executor(caller.launch(true))) {
      List<Fd> fds = new ArrayList<>(List.of(terminal, sized.orElse(terminal)));
      Program program = TtyRelayAssembler.relay(escape, caller.isTerminal(0));
      if (!(run(executor, program, fds) instanceof Executor.Outcome.Done)) {
        executor.quit(1);
        caller.awaitEnded();
        throw new CofferException("the terminal cannot be connected");
      }
      init.ifPresent(process ->
          Thread.ofPlatform()
              .daemon()
              .name("coffer-tty")
              .start(() -> endWith(process, executor, ended)));
      return new WaitStatus(caller.awaitEnded()).shellCode();
    } finally {
      ended.countDown();
    }
  }

  /**
   * The relay holds an end open that the container's own programs close and open; when there are no
   * more of them it lets go, and what is still to be read comes before the hang-up.
   */
  private static void endWith(Pidfd init, Executor executor, CountDownLatch ended) {
    try {
      while (!init.awaitEnd(1000)) {
        if (ended.getCount() == 0) {
          return;
        }
      }
      run(executor, TtyRelayAssembler.letGo(), List.of());
      if (!ended.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS)) {
        executor.quit(0);
      }
    } catch (InterruptedException | RuntimeException _) {
      // the relay has ended meanwhile, and its channel with it
      Thread.currentThread().interrupt();
    }
  }

  private static Executor.Outcome run(Executor executor, Program program, List<Fd> fds) {
    return executor.run(program, fds, (_, _, extra) -> extra.forEach(Fd::close));
  }
}
