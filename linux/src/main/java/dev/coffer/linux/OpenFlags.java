package dev.coffer.linux;

/**
 * Flags of open(2), some of which aarch64 numbers differently. {@code O_CLOEXEC} is always added by
 * this module.
 */
public final class OpenFlags {
  public static final int READ_ONLY = 0;
  public static final int WRITE_ONLY = 1;
  public static final int READ_WRITE = 2;
  public static final int CREATE = 0100;
  public static final int EXCLUSIVE = 0200;
  public static final int NO_CONTROLLING_TERMINAL = 0400;
  public static final int TRUNCATE = 01000;
  public static final int APPEND = 02000;
  public static final int NON_BLOCKING = 04000;
  public static final int CLOSE_ON_EXEC = 02000000;
  public static final int PATH = 010000000;

  private static final boolean X86 = Architecture.CURRENT == Architecture.X86_64;

  public static final int DIRECTORY = directory(Architecture.CURRENT);
  public static final int NO_FOLLOW = noFollow(Architecture.CURRENT);
  public static final int DIRECT = X86 ? 040000 : 0200000;
  public static final int TEMPORARY = 020000000 | DIRECTORY;

  private OpenFlags() {}

  public static int directory(Architecture architecture) {
    return architecture == Architecture.X86_64 ? 0200000 : 040000;
  }

  public static int noFollow(Architecture architecture) {
    return architecture == Architecture.X86_64 ? 0400000 : 0100000;
  }
}
