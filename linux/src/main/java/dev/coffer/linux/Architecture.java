package dev.coffer.linux;

/** The machines Coffer knows the kernel's numbers of. */
public enum Architecture {
  X86_64("x86_64", 0xC000003E),
  AARCH64("aarch64", 0xC00000B7);

  /** The machine this runs on. */
  public static final Architecture CURRENT = of(System.getProperty("os.arch"));

  private final String machine;
  private final int audit;

  Architecture(String machine, int audit) {
    this.machine = machine;
    this.audit = audit;
  }

  /** As uname(2) and {@code lxc.arch} spell it. */
  public String machine() {
    return machine;
  }

  /** AUDIT_ARCH_… of seccomp(2). */
  public int audit() {
    return audit;
  }

  private static Architecture of(String name) {
    return switch (name) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64" -> AARCH64;
      default -> throw new IllegalStateException("Coffer does not know the architecture " + name);
    };
  }
}
