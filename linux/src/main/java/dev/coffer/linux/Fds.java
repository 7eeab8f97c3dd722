package dev.coffer.linux;

import java.util.Collection;

/** Several descriptors at once. */
public final class Fds {
  private Fds() {}

  /** Closes all of them. */
  public static void close(Collection<Fd> fds) {
    fds.forEach(Fd::close);
  }
}
