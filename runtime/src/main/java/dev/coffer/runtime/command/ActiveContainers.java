package dev.coffer.runtime.command;

import dev.coffer.linux.HostFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The containers that run in this network namespace, known by their command sockets. */
public final class ActiveContainers {
  private static final Path TABLE = Path.of("/proc/net/unix");
  private static final int FLAGS = 3;
  private static final int NAME = 7;
  private static final long LISTENING = 0x10000; // __SO_ACCEPTCON

  private ActiveContainers() {}

  /** One of them. */
  public record Found(String lxcPath, String name) {}

  /** All of them, whoever started them. */
  public static List<Found> read() {
    List<Found> found = new ArrayList<>();
    for (String socket : sockets(HostFiles.readSmall(TABLE))) {
      find(socket).ifPresent(found::add);
    }
    return found;
  }

  /** The abstract names of sockets that listen for commands. */
  static Set<String> sockets(String table) {
    Set<String> names = new LinkedHashSet<>();
    table
        .lines()
        .skip(1)
        .map(line -> line.split(" +", NAME + 1))
        .filter(fields -> fields.length > NAME && fields[NAME].startsWith("@"))
        .filter(fields -> fields[NAME].endsWith(CommandSocketName.SUFFIX))
        .filter(fields -> (Long.parseLong(fields[FLAGS], 16) & LISTENING) != 0)
        .forEach(fields -> names.add(fields[NAME].substring(1)));
    return names;
  }

  private static Optional<Found> find(String socket) {
    if (socket.startsWith(CommandSocketName.HASHED)) {
      // The name does not tell; whoever listens does.
      CommandClient client = CommandClient.ofSocket(socket);
      return client
          .name()
          .flatMap(name -> client.lxcPath().map(lxcPath -> new Found(lxcPath, name)));
    }
    Path directory =
        Path.of(socket.substring(0, socket.length() - CommandSocketName.SUFFIX.length()));
    return directory.isAbsolute() && directory.getNameCount() > 1
        ? Optional.of(
            new Found(directory.getParent().toString(), directory.getFileName().toString()))
        : Optional.empty();
  }
}
