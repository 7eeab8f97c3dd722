package dev.coffer;

import dev.coffer.runtime.ConsoleRing;
import dev.coffer.runtime.command.CommandClient;
import dev.coffer.runtime.command.ConsoleLogRequest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a container's console printed: of our own from its directory, of others from whoever keeps
 * them.
 */
record ConsoleReading(Path lxcPath, String name, boolean ours) {
  private static final int LOOK_AGAIN_MILLIS = 100;
  private static final ConsoleLogRequest ALL = new ConsoleLogRequest(false, true, 0);

  boolean read(boolean follow, Consumer<byte[]> out) {
    CommandClient keeper = CommandClient.of(lxcPath.toString(), name);
    boolean others = !ours && keeper.initPid().isPresent();
    return others ? readOthers(keeper, follow, out) : readOurs(follow, out);
  }

  private boolean readOurs(boolean follow, Consumer<byte[]> out) {
    ConsoleRing ring = ConsoleRing.of(lxcPath.resolve(name));
    if (!ring.exists() && !follow) {
      return false;
    }
    ConsoleRing.Tail tail = ring.tail();
    out.accept(tail.begin());
    while (follow && pause()) {
      out.accept(tail.next());
    }
    return true;
  }

  /** LXC's ring buffer gives everything once. */
  private static boolean readOthers(CommandClient keeper, boolean follow, Consumer<byte[]> out) {
    Optional<byte[]> text = keeper.consoleLog(ALL);
    text.ifPresent(out);
    while (follow && pause()) {
      out.accept(keeper.consoleLog(ALL).orElse(new byte[0]));
    }
    return text.isPresent();
  }

  private static boolean pause() {
    try {
      Thread.sleep(LOOK_AGAIN_MILLIS);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
