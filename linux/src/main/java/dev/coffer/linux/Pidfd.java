package dev.coffer.linux;

import java.util.Optional;

/** A process that cannot be mistaken for a later one with the same number, pidfd_open(2). */
public final class Pidfd implements AutoCloseable {
  private final Fd fd;

  private Pidfd(Fd fd) {
    this.fd = fd;
  }

  /** Takes ownership of a descriptor that is a pidfd already. */
  public static Pidfd of(Fd fd) {
    return new Pidfd(fd);
  }

  /** Empty if there is no such process; a zombie is one. */
  public static Optional<Pidfd> open(int pid) {
    try (Call call = new Call()) {
      long result = call.run(Sys.PIDFD_OPEN, pid, 0);
      if (result == -Errno.ESRCH.number()) {
        return Optional.empty();
      }
      return Optional.of(new Pidfd(Fd.of((int) Call.checked("pidfd_open", null, result))));
    }
  }

  /**
   * @return false if the process is gone
   */
  public boolean sendSignal(int signal) {
    try (Call call = new Call()) {
      long result = call.run(Sys.PIDFD_SEND_SIGNAL, fd.number(), signal, 0, 0);
      if (result == -Errno.ESRCH.number()) {
        return false;
      }
      Call.checked("pidfd_send_signal", null, result);
      return true;
    }
  }

  /**
   * Waits until the process ended; reaping it is its parent's business.
   *
   * @param timeoutMillis 0 looks only, negative waits for ever
   * @return whether it ended
   */
  public boolean awaitEnd(long timeoutMillis) {
    return fd.waitReadable(timeoutMillis);
  }

  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }
}
