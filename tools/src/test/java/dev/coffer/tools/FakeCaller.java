package dev.coffer.tools;

import dev.coffer.linux.Fd;
import dev.coffer.linux.UnixSocket;
import dev.coffer.runtime.Caller;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A caller with no process behind it, who notes what was launched ahead.
 *
 * @param launches gets {@code foreground} or {@code detached} for each
 */
record FakeCaller(Map<String, String> environment, List<String> launches) implements Caller {
  @Override
  public Path cwd() {
    return Path.of("/home/user");
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
  public void launchAhead(boolean foreground) {
    launches.add(foreground ? "foreground" : "detached");
  }

  @Override
  public UnixSocket launch(boolean foreground) {
    throw new IllegalStateException("nothing can be launched here");
  }

  @Override
  public int awaitEnded() {
    throw new IllegalStateException("nothing was launched here");
  }

  @Override
  public int pid() {
    return 0;
  }
}
