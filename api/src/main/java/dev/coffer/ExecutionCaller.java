package dev.coffer;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.Spawn;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.Caller;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Who runs one command inside a container for {@link Execution}: its streams are pipes. */
final class ExecutionCaller implements Caller {
  private final Helpers helpers;
  private final Map<String, String> environment;
  private final Map<Integer, Fd> streams;
  private int child;

  /**
   * @param streams the command's, by their numbers; lent until the command has ended
   */
  ExecutionCaller(Helpers helpers, Map<String, String> environment, Map<Integer, Fd> streams) {
    this.helpers = helpers;
    this.environment = environment;
    this.streams = Map.copyOf(streams);
  }

  @Override
  public Path cwd() {
    return Path.of("/");
  }

  @Override
  public Map<String, String> environment() {
    return environment;
  }

  @Override
  public Optional<Fd> stream(int number) {
    return Optional.ofNullable(streams.get(number));
  }

  @Override
  public boolean isTerminal(int number) {
    return false;
  }

  @Override
  public synchronized UnixSocket launch(boolean foreground) {
    Launcher.Started started = helpers.start(streams);
    child = started.pid();
    return started.channel();
  }

  /** Passes a signal on to the command, if it runs by now. */
  synchronized void signal(int number) {
    if (child > 0) {
      try (Pidfd process = Pidfd.open(child).orElse(null)) {
        if (process != null) {
          process.sendSignal(number);
        }
      }
    }
  }

  @Override
  public int awaitEnded() {
    int pid = pidOfChild();
    if (pid == 0) {
      throw new CofferException("nothing was launched");
    }
    int status = Spawn.waitFor(pid).raw();
    forgetChild();
    return status;
  }

  private synchronized int pidOfChild() {
    return child;
  }

  private synchronized void forgetChild() {
    child = 0;
  }

  @Override
  public int pid() {
    return (int) ProcessHandle.current().pid();
  }
}
