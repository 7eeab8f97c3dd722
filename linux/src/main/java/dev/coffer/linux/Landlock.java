package dev.coffer.linux;

/** What the kernel offers of landlock(7). */
public final class Landlock {
  private static final int CREATE_RULESET_VERSION = 1;

  private Landlock() {}

  /** The version of its interface; 0 where there is none, or it is switched off. */
  public static int probeAbi() {
    try (Call call = new Call()) {
      return (int) Math.max(0, call.run(Sys.LANDLOCK_CREATE_RULESET, 0, 0, CREATE_RULESET_VERSION));
    }
  }
}
