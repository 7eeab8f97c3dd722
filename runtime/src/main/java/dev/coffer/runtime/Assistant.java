package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.Pidfd;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.program.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A launcher that does for one container what needs credentials or a root directory other than this
 * process has. It is started when it is first needed. A program that takes long is ended with it: a
 * container's own file systems must not keep anybody waiting for ever. Where the kernel does not
 * let it go, as with a FUSE server that keeps silent, it is left behind; when {@link #MOST_STUCK}
 * are, nothing more is done before one of them has ended. Not for several threads.
 */
final class Assistant implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int SIGKILL = 9;
  private static final int MOST_STUCK = 3;

  private final HelperLauncher launcher;

  /** What is to end and has not. */
  private final List<Pidfd> stuck = new ArrayList<>();

  private Optional<Working> working = Optional.empty();

  private record Working(int pid, Pidfd process, Executor executor) {
    /** Its child, which does what needs other credentials. */
    List<Pidfd> children() {
      Path file = Path.of("/proc/" + pid + "/task/" + pid + "/children");
      return HostFiles.readIfThere(file)
          .orElse("")
          .strip()
          .lines()
          .flatMap(line -> Stream.of(line.split(" ")))
          .flatMap(child -> Pidfd.open(Integer.parseInt(child)).stream())
          .toList();
    }

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
   * @throws CofferException if it takes too long, too many before it did, or no launcher can be
   *     started
   */
  Executor.Outcome run(Program program, List<Fd> fds, Executor.Reports reports) {
    requireFew();
    Working now = working.orElseGet(this::launch);
    working = Optional.of(now);
    try {
      Executor.Outcome outcome = now.executor().run(program, fds, () -> awaitAnswer(now), reports);
      if (outcome instanceof Executor.Outcome.Lost) {
        end();
      }
      return outcome;
    } catch (RuntimeException e) {
      end();
      throw e;
    }
  }

  private void requireFew() {
    for (Pidfd process : List.copyOf(stuck)) {
      if (process.awaitEnd(0)) {
        process.close();
        stuck.remove(process);
      }
    }
    if (stuck.size() >= MOST_STUCK) {
      throw new CofferException(
          stuck.size() + " processes still hang that did such a thing for the container");
    }
  }

  private void awaitAnswer(Working now) {
    if (!now.executor().answers(LIMIT)) {
      stuck.addAll(now.children());
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
    return new Working(helper.pid(), process.get(), executor);
  }

  private void end() {
    working.ifPresent(Working::end);
    working = Optional.empty();
  }

  @Override
  public void close() {
    end();
    stuck.forEach(Pidfd::close);
    stuck.clear();
  }
}
