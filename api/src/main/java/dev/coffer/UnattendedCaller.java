package dev.coffer;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Spawn;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.Caller;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * This process on its own account, when nobody asked: what a container's end leaves to be done.
 * Without streams or terminal, for one command at a time.
 */
final class UnattendedCaller implements Caller {
  private final Helpers helpers;
  private OptionalInt child = OptionalInt.empty();

  UnattendedCaller(Helpers helpers) {
    this.helpers = helpers;
  }

  @Override
  public Path cwd() {
    return Path.of("/");
  }

  @Override
  public Map<String, String> environment() {
    return System.getenv();
  }

  @Override
  public Optional<Fd> stream(int number) {
    return Optional.empty();
  }

  @Override
  public boolean isTerminal(int number) {
    return false;
  }

  @Override
  public UnixSocket launch(boolean foreground) {
    Launcher.Started started = helpers.start();
    child = OptionalInt.of(started.pid());
    return started.channel();
  }

  @Override
  public int awaitEnded() {
    int pid = child.orElseThrow(() -> new CofferException("nothing was launched"));
    child = OptionalInt.empty();
    return Spawn.waitFor(pid).raw();
  }

  @Override
  public int pid() {
    return (int) ProcessHandle.current().pid();
  }
}
