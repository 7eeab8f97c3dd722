package dev.coffer.runtime;

import dev.coffer.linux.UnixSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where LXC's tools look for a running container: an abstract socket named after its directory. */
final class CommandSocket {
  private static final int BACKLOG = 100;
  private static final int LONGEST = 105;
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private CommandSocket() {}

  static UnixSocket listen(Path lxcPath, String name) {
    return UnixSocket.listenAbstract(name(lxcPath, name), BACKLOG);
  }

  /** Names that do not fit are hashed. */
  static String name(Path lxcPath, String name) {
    String plain = lxcPath + "/" + name;
    String full = plain + "/command";
    if (full.getBytes(StandardCharsets.UTF_8).length <= LONGEST) {
      return full;
    }
    long hash = OFFSET_BASIS;
    for (byte octet : plain.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (octet & 0xff)) * PRIME;
    }
    return String.format("lxc/%016x/command", hash);
  }
}
