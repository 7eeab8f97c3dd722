package dev.coffer.runtime;

import dev.coffer.linux.Errno;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.program.InterceptAssembler;
import dev.coffer.runtime.program.Program;

/** What became of an intercepted call. */
sealed interface Verdict {
  /** It has been made. */
  record Made() implements Verdict {}

  record Failed(Errno errno) implements Verdict {}

  /** The kernel makes it as the process itself, or refuses it. */
  record Kernels() implements Verdict {}

  /**
   * @param result of the last system call, a negative errno where it failed
   */
  static Verdict of(long result) {
    return result < 0 ? failed((int) -result) : new Made();
  }

  /**
   * @throws CofferException if what failed has nothing to do with the call itself
   */
  static Verdict of(Executor.Outcome.Failed failed, Program program) {
    if (program.stepOf(failed.operation()) == InterceptAssembler.OWN_FAILURE) {
      return failed(failed.errno());
    }
    throw new CofferException(
        program.callOf(failed.operation()) + " failed: " + Errno.describe(failed.errno()));
  }

  private static Verdict failed(int errno) {
    return new Failed(Errno.of(errno).orElse(Errno.EIO));
  }
}
