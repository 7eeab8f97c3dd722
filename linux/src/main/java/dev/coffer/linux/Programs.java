package dev.coffer.linux;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the system's programs are. */
public final class Programs {
  private static final String[] ALWAYS = {
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"
  };
  private static final int EXECUTABLE = 1;

  private Programs() {}

  /**
   * The first executable file of this name, on PATH and then where such programs are (users' PATH
   * lacks sbin).
   */
  public static Optional<Path> find(String name) {
    return find(name, Optional.ofNullable(System.getenv("PATH")).orElse(""));
  }

  static Optional<Path> find(String name, String path) {
    return Stream.concat(Arrays.stream(path.split(":")), Arrays.stream(ALWAYS))
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> Path.of(directory, name))
        .filter(Programs::isExecutable)
        .findFirst();
  }

  private static boolean isExecutable(Path file) {
    try (Call call = new Call()) {
      return call.run(Sys.FACCESSAT, HostFiles.CURRENT_DIRECTORY, call.path(file), EXECUTABLE) == 0;
    }
  }
}
