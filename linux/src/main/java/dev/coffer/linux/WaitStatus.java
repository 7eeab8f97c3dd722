package dev.coffer.linux;

/** How a child ended, wait(2), in the kernel's encoding. */
public record WaitStatus(int raw) {
  /** Whether it returned from main or called exit, as opposed to a signal's work. */
  public boolean exited() {
    return signal() == 0;
  }

  /** The exit code, 0 to 255; meaningful where {@link #exited}. */
  public int code() {
    return raw >> 8 & 0xff;
  }

  /** The signal that ended it, 0 if none did. */
  public int signal() {
    return raw & 0x7f;
  }

  public boolean isSuccess() {
    return raw == 0;
  }

  /** As a shell's {@code $?}: the code, or 128 and the signal. */
  public int shellCode() {
    return exited() ? code() : 128 + signal();
  }

  /** {@code exited with 3} or {@code was killed by signal 9}. */
  public String describe() {
    return exited() ? "exited with " + code() : "was killed by signal " + signal();
  }
}
