import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a process holds, as /proc/PID/smaps_rollup counts it. */
record Memory(long privateKib, long residentKib) {

  static Memory of(long pid) {
    long own = 0;
    long resident = 0;
    for (String line : text(Path.of("/proc", "" + pid, "smaps_rollup")).lines().toList()) {
      String[] word = line.split("\\s+");
      switch (word[0]) {
        case "Private_Clean:", "Private_Dirty:" -> own += Long.parseLong(word[1]);
        case "Rss:" -> resident = Long.parseLong(word[1]);
        default -> {}
      }
    }
    return new Memory(own, resident);
  }

  static long parentOf(long pid) {
    return text(Path.of("/proc", "" + pid, "status"))
        .lines()
        .filter(line -> line.startsWith("PPid:"))
        .map(line -> Long.parseLong(line.substring(5).strip()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("process " + pid + " is gone"));
  }

  /** The engine whose socket is in this folder. */
  static Optional<Long> engineIn(Path folder) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> {
          String line = text(Path.of("/proc", "" + pid, "cmdline"));
          return line.contains("EngineMain") && line.contains(folder.toString());
        })
        .findFirst();
  }

  /** The text of a file of /proc, empty when its process has ended. */
  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }
}
