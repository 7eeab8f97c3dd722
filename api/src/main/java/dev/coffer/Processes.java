package dev.coffer;

import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import java.nio.file.Path;

/** What /proc tells of a process. */
final class Processes {
  private Processes() {}

  /** Whether a process blocks a signal; false when it is gone. */
  static boolean blocks(int pid, int signal) {
    return (mask(pid, "SigBlk:") >>> (signal - 1) & 1) == 1;
  }

  /** Whether a process lives under a filter or in strict mode, seccomp(2). */
  static boolean isFiltered(int pid) {
    return mask(pid, "Seccomp:") != 0;
  }

  /** A hexadecimal field of /proc/PID/status; 0 when there is none. */
  static long mask(int pid, String field) {
    try {
      for (String line : HostFiles.readSmall(Path.of("/proc/" + pid + "/status")).split("\n")) {
        if (line.startsWith(field)) {
          return Long.parseUnsignedLong(line.substring(field.length()).strip(), 16);
        }
      }
    } catch (KernelException _) {
      return 0;
    }
    return 0;
  }
}
