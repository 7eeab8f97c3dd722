package dev.coffer.runtime;

import dev.coffer.linux.UnixSocket;
import dev.coffer.runtime.command.CommandSocketName;
import java.nio.file.Path;

/** Where LXC's tools look for a running container: an abstract socket named after its directory. */
final class CommandSocket {
  private static final int BACKLOG = 100;

  private CommandSocket() {}

  static UnixSocket listen(Path lxcPath, String name) {
    return UnixSocket.listenAbstract(CommandSocketName.of(lxcPath.toString(), name), BACKLOG);
  }
}
