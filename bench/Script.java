import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What bench/timer.c is to run in each round; its comment has the words of the lines. */
final class Script {
  private static final String PIDS = pidsCgroup();

  private final List<String> lines = new ArrayList<>();

  /**
   * Brings cgroup v1 into the same state for whatever comes next. Moving a process takes a lock
   * that costs up to 15 ms when nobody took it lately, and next to nothing when someone just did;
   * without this, each command would pay for what came before it. Writing "0" moves the timer to
   * where it is.
   */
  Script prime() {
    return PIDS.isEmpty() ? this : line(Stream.of("write", PIDS, "0"));
  }

  /**
   * The list of processes of our own cgroup in the v1 hierarchy of pids; empty where there is none.
   */
  private static String pidsCgroup() {
    try {
      return Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
          .filter(line -> line.contains(":pids:"))
          .map(line ->
              "/sys/fs/cgroup/pids" + line.substring(line.indexOf(":pids:") + 6) + "/cgroup.procs")
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Script time(String label, List<String> command) {
    return line(Stream.concat(Stream.of("time", label), command.stream()));
  }

  Script timeIn(String label, Path mountNamespace, List<String> command) {
    return line(
        Stream.concat(Stream.of("time-in", label, mountNamespace.toString()), command.stream()));
  }

  Script burst(String label, int count, List<String> command) {
    return line(Stream.concat(Stream.of("burst", label, "" + count), command.stream()));
  }

  Script run(List<String> command) {
    return line(Stream.concat(Stream.of("do"), command.stream()));
  }

  Script runBurst(int count, List<String> command) {
    return line(Stream.concat(Stream.of("do-burst", "" + count), command.stream()));
  }

  Script pause(int milliseconds) {
    return line(Stream.of("pause", "" + milliseconds));
  }

  /** Ends a group: what follows may come before it in another round. */
  Script next() {
    if (!lines.isEmpty() && !lines.getLast().isEmpty()) {
      lines.add("");
    }
    return this;
  }

  private Script line(Stream<String> words) {
    lines.add(String.join("\t", words.toList()));
    return this;
  }

  /** Only the groups that time this one. */
  Script only(String label) {
    var script = new Script();
    for (String group : String.join("\n", lines).split("\n\n")) {
      if (group.contains("\t" + label + "\t")) {
        script.next().lines.addAll(List.of(group.split("\n")));
      }
    }
    return script;
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  /** Who is timed, in the order of the script. */
  List<String> labels() {
    return lines.stream()
        .filter(line -> line.startsWith("time") || line.startsWith("burst"))
        .map(line -> line.split("\t")[1])
        .toList();
  }

  @Override
  public String toString() {
    while (!lines.isEmpty() && lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    return String.join("\n", lines) + "\n";
  }
}
