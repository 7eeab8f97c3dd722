package dev.coffer.image.archive;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A program between two streams. Its environment is empty, and it has no files but its streams. */
final class Filter {
  private static final int LONGEST_COMPLAINT = 500;

  private final Process process;
  private final String name;

  private Filter(Process process, String name) {
    this.process = process;
    this.name = name;
  }

  static Filter start(List<String> argv) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(argv).redirectError(Redirect.PIPE);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("LC_ALL", "C");
    String name = argv.getFirst().substring(argv.getFirst().lastIndexOf('/') + 1);
    return new Filter(builder.start(), name);
  }

  Process process() {
    return process;
  }

  /** Fails with the program's own words unless it ended well. */
  void requireSuccess() throws IOException {
    String complaint = complaint(process.getErrorStream());
    try {
      if (process.waitFor() != 0) {
        throw ArchiveException.damaged(
            name + " says: " + (complaint.isEmpty() ? "status " + process.exitValue() : complaint));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Ends the program, whatever it is doing. */
  void kill() {
    process.destroyForcibly();
  }

  private static String complaint(InputStream from) throws IOException {
    String text = new String(from.readNBytes(LONGEST_COMPLAINT), StandardCharsets.UTF_8);
    return text.strip().replaceAll("[\\p{Cntrl}]+", " ");
  }
}
