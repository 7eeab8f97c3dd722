package dev.coffer.runtime.command;

import dev.coffer.linux.Fd;

/** A terminal of a container that someone uses, until it is closed. */
public interface TtyLease extends AutoCloseable {
  /** 0 for the console, else N of /dev/ttyN. */
  int number();

  /** The end to read from and to write to; it stays the lease's. */
  Fd master();

  /** Frees the terminal for the next one. */
  @Override
  void close();
}
