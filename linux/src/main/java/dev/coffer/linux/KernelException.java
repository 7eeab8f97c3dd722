package dev.coffer.linux;

/**
 * A system call failed. It carries the kernel's word only: who called says what could not be done,
 * on what, and what to do about it.
 */
public final class KernelException extends RuntimeException {
  // An error is an everyday answer of the kernel, and where it was asked says the call: no trace,
  // which costs more than the call itself.
  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  /** The message is for instance {@code open_tree: Permission denied (EACCES)}. */
  public KernelException(String call, int errno) {
    super(call + ": " + Errno.describe(errno), null, true, false);
    this.call = call;
    this.errno = errno;
  }

  /** The message is for instance {@code mkdirat "/run/x": File exists (EEXIST)}. */
  public KernelException(String call, String subject, int errno) {
    super(call + " \"" + subject + "\": " + Errno.describe(errno), null, true, false);
    this.call = call;
    this.errno = errno;
  }

  public int errno() {
    return errno;
  }

  /** The call by the name of its manual page. */
  public String call() {
    return call;
  }

  public boolean is(Errno expected) {
    return errno == expected.number();
  }
}
