package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Pidfd;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.program.Program;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A launcher that does for one container what needs credentials or a root directory other than this
 * process has. It is started when it is first needed. A program that takes long is ended with it: a
 * container's own file systems must not keep anybody waiting for ever. Not for several threads.
 */
final class Assistant implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int SIGKILL = 9;

  private final HelperLauncher launcher;
  private Optional<Working> working = Optional.empty();

  private record Working(Pidfd process, Executor executor) {
    void end() {
      process.sendSignal(SIGKILL);
      executor.close();
      process.close();
    }
  }

  Assistant(HelperLauncher launcher) {
    this.launcher = launcher;
  }

  /**
   * Runs a program.
   *
   * @param fds lent
   * @param reports gets what the program reports, to be closed
   * @throws CofferException if it takes too long, or no launcher can be started
   */
  Executor.Outcome run(Program program, List<Fd> fds, Executor.Reports reports) {
    Working now = working.orElseGet(this::launch);
    working = Optional.of(now);
    try {
      Executor.Outcome outcome = now.executor().run(program, fds, () -> awaitAnswer(now), reports);
      if (outcome instanceof Executor.Outcome.Lost) {
        close();
      }
      return outcome;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static void awaitAnswer(Working now) {
    if (!now.executor().answers(LIMIT)) {
      now.process().sendSignal(SIGKILL);
      throw new CofferException("what was done for the container took too long");
    }
  }

  private Working launch() {
    HelperLauncher.Helper helper = launcher.launch();
    Executor executor = new Executor(helper.channel());
    Optional<Pidfd> process = Pidfd.open(helper.pid());
    if (process.isEmpty()) {
      executor.close();
      throw new CofferException("the launcher has ended at once");
    }
    return new Working(process.get(), executor);
  }

  @Override
  public void close() {
    working.ifPresent(Working::end);
    working = Optional.empty();
  }
}
