package dev.coffer.linux;

import dev.coffer.model.SeccompPolicy.Rule;
import java.util.Arrays;
import java.util.List;

/**
 * A policy compiled for this machine.
 *
 * @param program instructions of struct sock_filter, eight bytes each
 * @param notifies whether it needs a listener
 * @param unknown rules about calls that libseccomp has never heard of; they do nothing
 */
public record SeccompFilter(byte[] program, boolean notifies, List<Rule> unknown) {
  public static final int INSTRUCTION = 8;

  /** BPF_MAXINSNS: more than this the kernel does not take. */
  private static final int MOST = 4096;

  /** SECCOMP_RET_USER_NOTIF; TRACE, LOG and ALLOW are greater, all that fails is less. */
  private static final int NOTIFY = 0x7fc00000;

  public SeccompFilter {
    unknown = List.copyOf(unknown);
    if (program.length == 0 || program.length % INSTRUCTION != 0) {
      throw new IllegalArgumentException(program.length + " bytes are no filter");
    }
  }

  public int instructions() {
    return program.length / INSTRUCTION;
  }

  public boolean isTooLong() {
    return instructions() > MOST;
  }

  /**
   * Whether a call comes through, perhaps after somebody was asked. Its arguments are taken for
   * zero.
   */
  public boolean admits(Sys call) {
    int answer = FilterMachine.run(program, Architecture.CURRENT.audit(), call.number());
    return Integer.compareUnsigned(answer, NOTIFY) >= 0 && answer > 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SeccompFilter filter
        && Arrays.equals(program, filter.program)
        && notifies == filter.notifies
        && unknown.equals(filter.unknown);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(program);
  }
}
