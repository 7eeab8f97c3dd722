package dev.coffer.tools.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The machine this runs on. Only looks. */
public final class LiveMachine implements Machine {
  private static final int LARGEST = 1 << 20;
  private static final List<String> ADMINISTRATORS_PATH =
      List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

  private final Map<String, String> environment;

  /**
   * @param environment the caller's, whose PATH programs are looked for in
   */
  public LiveMachine(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public String kernelRelease() {
    return read("/proc/sys/kernel/osrelease").map(String::strip).orElse("unknown");
  }

  @Override
  public boolean isRoot() {
    String status = read("/proc/self/status").orElse("");
    int line = status.indexOf("\nUid:");
    return line >= 0 && status.startsWith("\t0\t", line + "\nUid:".length());
  }

  /**
   * Read with one large buffer: files below /proc/sys say nothing more to a second read, and {@link
   * Files#readAllBytes} begins with a single byte where a file claims to be empty.
   */
  @Override
  public Optional<String> read(String path) {
    byte[] buffer = new byte[LARGEST];
    try (InputStream in = Files.newInputStream(Path.of(path))) {
      int length = 0;
      int count = in.read(buffer, 0, LARGEST);
      while (count > 0) {
        length += count;
        count = in.read(buffer, length, LARGEST - length);
      }
      return Optional.of(new String(buffer, 0, length, StandardCharsets.UTF_8));
    } catch (IOException e) {
      // A fact that cannot be looked at is no fact; the rows say what that means.
      return Optional.empty();
    }
  }

  @Override
  public boolean exists(String path) {
    return Files.exists(Path.of(path));
  }

  @Override
  public boolean hasProgram(String name) {
    for (String directory : environment.getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
      if (directory.startsWith("/") && Files.isExecutable(Path.of(directory, name))) {
        return true;
      }
    }
    for (String directory : ADMINISTRATORS_PATH) {
      if (Files.isExecutable(Path.of(directory, name))) {
        return true;
      }
    }
    return false;
  }
}
