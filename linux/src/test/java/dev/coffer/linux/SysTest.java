package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SysTest {
  /** Linux 6.3 and later; the headers of Debian 12 end before. */
  private static final int NEWER_THAN_HEADERS = 451;

  @Test
  void theNumbersOfX86AreThoseOfTheKernelsHeader() throws Exception {
    compare(Architecture.X86_64, List.of("-include", "asm/unistd_64.h"));
  }

  @Test
  void theNumbersOfArmAreThoseOfTheGenericHeader() throws Exception {
    // What arch/arm64/include/uapi/asm/unistd.h defines before it includes this one.
    compare(
        Architecture.AARCH64,
        List.of(
            "-D__ARCH_WANT_RENAMEAT",
            "-D__ARCH_WANT_NEW_STAT",
            "-D__ARCH_WANT_SET_GET_RLIMIT",
            "-D__ARCH_WANT_TIME32_SYSCALLS",
            "-D__ARCH_WANT_SYS_CLONE3",
            "-include",
            "asm-generic/unistd.h"));
  }

  @Test
  void noNumberIsUsedTwice() {
    for (Architecture architecture : Architecture.values()) {
      Map<Integer, Sys> seen = new HashMap<>();
      for (Sys sys : Sys.values()) {
        assertEquals(null, seen.put(sys.number(architecture), sys), () -> architecture + " " + sys);
      }
    }
  }

  @Test
  void errorsAreDescribedByTextAndName() {
    assertEquals("Permission denied (EACCES)", Errno.describe(13));
    assertEquals("Unknown error 4711", Errno.describe(4711));
    assertEquals(Optional.of(Errno.EOWNERDEAD), Errno.of(130));
    assertEquals(
        "open_tree: Permission denied (EACCES)", new KernelException("open_tree", 13).getMessage());
  }

  private static void compare(Architecture architecture, List<String> arguments) throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/include/asm-generic/unistd.h")), "no kernel headers");
    Map<String, String> defined = Gcc.macros(arguments);
    for (Sys sys : Sys.values()) {
      if (sys.number(architecture) < NEWER_THAN_HEADERS) {
        String name = "__NR_" + sys.name().toLowerCase(Locale.ROOT);
        assertTrue(defined.containsKey(name), name);
        assertEquals(defined.get(name), String.valueOf(sys.number(architecture)), name);
      }
    }
  }
}
