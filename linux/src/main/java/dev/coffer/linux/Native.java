package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The one door out of the JVM: a method handle of a single shape, seven words in and one out, errno
 * captured per call.
 *
 * <p>One shape for everything because linking is what costs at start-up (tens of milliseconds for
 * the first, a few for each further one), and because nearly everything goes through syscall(2). It
 * is sound on x86_64 and aarch64: their calling conventions pass integers and pointers alike in
 * registers, a callee reads only the parameters it has, the caller removes what lies on the stack,
 * and a callee ignores the upper half of a register that holds an {@code int}.
 */
@SuppressWarnings("restricted") // this module is the one place that may call native code
final class Native {
  static final StructLayout STATE = Linker.Option.captureStateLayout();

  private static final MethodHandle WORDS =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                  JAVA_LONG),
              Linker.Option.captureCallState("errno"));
  private static final MemorySegment SYSCALL = function("syscall");

  private Native() {}

  /** The address of a function of the C library. */
  static MemorySegment function(String name) {
    return Linker.nativeLinker()
        .defaultLookup()
        .find(name)
        .orElseThrow(
            () -> new UnsupportedOperationException("the C library has no function " + name));
  }

  /** What the system call returned, or its negative errno, as the kernel itself tells it. */
  static long syscall(
      MemorySegment state, int number, long a, long b, long c, long d, long e, long f) {
    long result = words(SYSCALL, state, number, a, b, c, d, e, f);
    return result == -1 ? -state.get(ValueLayout.JAVA_INT, 0) : result;
  }

  /** Calls any function whose parameters, at most six, and result are integers or pointers. */
  static long function(
      MemorySegment function, MemorySegment state, long a, long b, long c, long d, long e, long f) {
    return words(function, state, a, b, c, d, e, f, 0);
  }

  /** Makes memory that the C library or kernel owns readable. */
  static MemorySegment at(long address, long size) {
    return MemorySegment.ofAddress(address).reinterpret(size);
  }

  private static long words(
      MemorySegment function,
      MemorySegment state,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g) {
    try {
      return (long) WORDS.invokeExact(function, state, a, b, c, d, e, f, g);
    } catch (Throwable impossible) {
      // invokeExact declares Throwable; a downcall throws nothing but what a wrong argument type
      // causes.
      throw new AssertionError(impossible);
    }
  }
}
