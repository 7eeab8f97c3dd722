package dev.coffer.runtime;

import dev.coffer.linux.Architecture;
import dev.coffer.linux.SeccompListener.Question;
import dev.coffer.model.Intercepts;
import java.util.Arrays;
import java.util.Optional;

/** The calls that come to Coffer, by their numbers in every ABI. */
enum InterceptedCall {
  MKNOD(Intercepts.Call.MKNOD, 133, -1, 14, 14),
  MKNODAT(Intercepts.Call.MKNOD, 259, 33, 297, 324),
  SETXATTR(Intercepts.Call.SETXATTR, 188, 5, 226, 226),
  LSETXATTR(Intercepts.Call.SETXATTR, 189, 6, 227, 227),
  FSETXATTR(Intercepts.Call.SETXATTR, 190, 7, 228, 228),
  SYSINFO(Intercepts.Call.SYSINFO, 99, 179, 116, 116),
  MOUNT(Intercepts.Call.MOUNT, 165, 40, 21, 21);

  /** Marks calls of x32, which are otherwise those of x86_64. */
  private static final int X32 = 1 << 30;

  private final Intercepts.Call family;
  private final int x86;
  private final int arm;
  private final int x86Small;
  private final int armSmall;

  InterceptedCall(Intercepts.Call family, int x86, int arm, int x86Small, int armSmall) {
    this.family = family;
    this.x86 = x86;
    this.arm = arm;
    this.x86Small = x86Small;
    this.armSmall = armSmall;
  }

  Intercepts.Call family() {
    return family;
  }

  /** Which one it is; empty for a call that somebody else is to be asked about. */
  static Optional<InterceptedCall> of(Question question, Intercepts intercepts) {
    int number = question.isNative() ? question.number() & ~X32 : question.number();
    return Arrays.stream(values())
        .filter(call -> intercepts.calls().contains(call.family))
        .filter(call -> call.number(question.isNative()) == number)
        .findFirst();
  }

  /** Whether its arguments are words and structures as this machine's own programs have them. */
  static boolean isPlain(Question question) {
    return question.isNative() && (question.number() & X32) == 0;
  }

  private int number(boolean own) {
    return switch (Architecture.CURRENT) {
      case X86_64 -> own ? x86 : x86Small;
      case AARCH64 -> own ? arm : armSmall;
    };
  }
}
