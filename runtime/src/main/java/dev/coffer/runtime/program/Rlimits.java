package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.model.CofferException;
import dev.coffer.model.Limits.Rlimit;
import dev.coffer.runtime.program.Arg.Blob;
import java.util.Map;

/** Limits of init, set from outside by prlimit(2), with the numbers of the kernel. */
final class Rlimits {
  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("cpu", 0),
          Map.entry("fsize", 1),
          Map.entry("data", 2),
          Map.entry("stack", 3),
          Map.entry("core", 4),
          Map.entry("rss", 5),
          Map.entry("nproc", 6),
          Map.entry("nofile", 7),
          Map.entry("memlock", 8),
          Map.entry("as", 9),
          Map.entry("locks", 10),
          Map.entry("sigpending", 11),
          Map.entry("msgqueue", 12),
          Map.entry("nice", 13),
          Map.entry("rtprio", 14),
          Map.entry("rttime", 15));

  private Rlimits() {}

  static void set(ProgramBuilder program, Stream stream, Rlimit limit) {
    Integer resource = NUMBERS.get(limit.resource());
    if (resource == null) {
      throw new CofferException("Unknown resource " + limit.resource());
    }
    Blob value = program.words(limit.soft(), limit.hard());
    stream.sys(Sys.PRLIMIT64, Registers.MAIN_PID, resource, value, 0);
  }
}
