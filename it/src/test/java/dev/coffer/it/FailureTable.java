package dev.coffer.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The failures of {@code examples/failures.txt}: how each comes about, and what is said then. The
 * page for users is made from the same file.
 */
final class FailureTable {
  private static final Path FILE =
      Path.of(Files.isDirectory(Path.of("examples")) ? "." : "..", "examples/failures.txt");
  private static final String TITLE = "== ";

  /**
   * One failure.
   *
   * @param lines {@code word text}: {@code lxc} what LXC says, {@code run} a command before, {@code
   *     undo} one afterwards, {@code set} a line of the configuration, {@code tool} the command
   *     that fails, {@code as} who does it, {@code where} {@code v1} or {@code v2} cgroups are
   *     needed
   * @param says what is printed on standard error, with names in place of what differs
   */
  record Failure(String title, List<String> lines, String says) {
    List<String> all(String word) {
      return lines.stream()
          .filter(line -> line.startsWith(word + " "))
          .map(line -> line.substring(word.length()).strip())
          .toList();
    }

    String text(String word) {
      return String.join("\n", all(word));
    }

    Failure withSays(String said) {
      return new Failure(title, lines, said);
    }

    @Override
    public String toString() {
      return title;
    }
  }

  private FailureTable() {}

  static List<Failure> read() {
    List<Failure> failures = new ArrayList<>();
    try {
      for (String block : Files.readString(FILE).split("(?m)^" + TITLE)) {
        List<String> lines = block.lines().toList();
        if (!lines.isEmpty()) {
          failures.add(parse(lines));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return failures;
  }

  /** What is said is indented by four. */
  private static Failure parse(List<String> lines) {
    List<String> orders =
        lines.stream().skip(1).filter(line -> !line.isBlank() && !line.startsWith(" ")).toList();
    String says =
        lines.stream()
            .skip(1)
            .filter(line -> line.startsWith("    "))
            .map(line -> line.substring(4) + "\n")
            .collect(Collectors.joining());
    return new Failure(lines.getFirst(), orders, says);
  }

  static void write(List<Failure> failures) {
    String text =
        failures.stream()
            .map(failure ->
                TITLE
                    + failure.title()
                    + "\n"
                    + String.join("\n", failure.lines())
                    + "\n"
                    + failure.says().indent(4))
            .collect(Collectors.joining("\n"));
    try {
      Files.writeString(FILE, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
