package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Nobody: what a container's own reboot is asked by, where and as its first start was. Its keeper
 * is there already.
 */
final class BackgroundCaller implements Caller {
  private final Beginning beginning;

  BackgroundCaller(Beginning beginning) {
    this.beginning = beginning;
  }

  @Override
  public Path cwd() {
    return beginning.cwd();
  }

  @Override
  public Map<String, String> environment() {
    return beginning.environment();
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
    throw new CofferException("nobody is there to start a keeper");
  }

  @Override
  public int awaitEnded() {
    throw new CofferException("nobody is there to wait");
  }

  @Override
  public int pid() {
    return 0;
  }
}
