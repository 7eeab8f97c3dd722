package dev.coffer;

import java.nio.file.Path;
import java.util.Set;

/** A container that LXC's own tools keep running; asked over its command socket. */
final class ForeignContainer {
  private ForeignContainer() {}

  static Set<String> active(Path lxcPath) {
    return Set.of();
  }
}
