package dev.coffer.runtime;

/**
 * Character devices that lead to nothing of the host's: null, zero, full, random, urandom and tty,
 * which is the caller's own terminal. Not console, the host's. Whiteouts, 0:0, the kernel itself
 * lets everybody make.
 */
final class HarmlessNode {
  private static final int MEMORY = 1;
  private static final int TERMINALS = 5;

  private HarmlessNode() {}

  /**
   * @param device as mknod(2) takes it
   */
  static boolean isOne(long device) {
    long major = device >>> 8 & 0xfff;
    long minor = device & 0xff | device >>> 12 & 0xfff00;
    if (major == MEMORY) {
      return minor == 3 || minor == 5 || minor == 7 || minor == 8 || minor == 9;
    }
    return major == TERMINALS && minor == 0;
  }
}
