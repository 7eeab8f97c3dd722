package dev.coffer.runtime.program;

/**
 * An encoded program.
 *
 * @param payload of a PROGRAM frame; descriptors sent with it go to registers from {@code firstFd}
 *     on
 * @param steps for each operation the index of the step it belongs to, -1 for none
 */
public record Program(byte[] payload, int[] steps, String[] calls) {
  /** The step an operation belongs to, -1 for none. */
  public int stepOf(int operation) {
    return operation >= 0 && operation < steps.length ? steps[operation] : -1;
  }

  /** The system call of an operation as the manual pages spell it, or what else it is. */
  public String callOf(int operation) {
    return operation >= 0 && operation < calls.length ? calls[operation] : "operation " + operation;
  }
}
