package dev.coffer;

import dev.coffer.linux.Fd;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.Caller;
import dev.coffer.runtime.TtyRelay;
import dev.coffer.runtime.command.CommandClient;
import dev.coffer.runtime.command.TtyLease;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One lxc-console(1). The terminal is lent over the command socket, by whoever keeps the container.
 */
record TtySession(Path lxcPath, String name, RunningContainer container, Caller caller) {
  private static final int CONSOLE = 0;

  int use(ConsoleOptions options) {
    Optional<TtyLease> lent = CommandClient.of(lxcPath.toString(), name).openTty(options.tty());
    try (TtyLease lease = lent.orElseThrow(() -> denied(options.tty()))) {
      options.connected().accept(lease.number());
      Optional<Fd> sized =
          lease.number() == CONSOLE ? container.consoleTerminal() : Optional.empty();
      try {
        return TtyRelay.run(lease.master(), sized, options.escape(), container.init(), caller);
      } finally {
        sized.ifPresent(Fd::close);
      }
    }
  }

  private CofferException denied(int tty) {
    String hint =
        switch (tty) {
          case ConsoleOptions.ANY ->
              "all are in use, or lxc.tty.max allows none; -t 0 is the console";
          case CONSOLE -> "it has no console, or somebody else is connected with it";
          default -> "somebody else uses terminal " + tty + ", or lxc.tty.max is below " + tty;
        };
    return new CofferException("Denied access to tty", List.of("hint  " + hint));
  }
}
