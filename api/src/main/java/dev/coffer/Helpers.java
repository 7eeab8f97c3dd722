package dev.coffer;

import dev.coffer.linux.Fd;
import dev.coffer.runtime.HelperLauncher;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Launchers that are children of this process; the launcher's file is read when first needed. */
final class Helpers implements HelperLauncher, AutoCloseable {
  private final Path file;
  private Optional<Launcher> launcher = Optional.empty();

  Helpers(Path file) {
    this.file = file;
  }

  @Override
  public Helper launch() {
    Launcher.Started started = start();
    ProcessCaller.reapLater(started.pid());
    return new Helper(started.pid(), started.channel());
  }

  /** One whose end the caller waits for. */
  Launcher.Started start() {
    return start(Map.of());
  }

  /** The same with these streams, which are lent until this returns. */
  synchronized Launcher.Started start(Map<Integer, Fd> streams) {
    Launcher ready = launcher.orElseGet(() -> Launcher.of(file));
    launcher = Optional.of(ready);
    return ready.start(streams);
  }

  @Override
  public synchronized void close() {
    launcher.ifPresent(Launcher::close);
    launcher = Optional.empty();
  }
}
