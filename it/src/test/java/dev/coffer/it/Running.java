package dev.coffer.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a container with this name in it leaves traces of; empty when nothing of it is there. */
final class Running {
  private Running() {}

  static List<String> traces(Machine machine, String name) throws IOException {
    return traces(machine.engineFolder(), name);
  }

  /**
   * @param run the run directory of an engine that has this container alone
   */
  static List<String> traces(Path run, String name) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path tree : children(Path.of("/sys/fs/cgroup"))) {
      add(found, "cgroup", children(tree), name);
    }
    add(found, "cgroup", children(Path.of("/sys/fs/cgroup")), name);
    for (String table : List.of("/proc/self/mountinfo", "/proc/net/unix")) {
      Files.readAllLines(Path.of(table)).stream()
          .filter(line -> line.contains(name + "/") || line.endsWith(name))
          .forEach(found::add);
    }
    children(run.resolve("c")).forEach(left -> found.add("note " + left));
    keepers(name).forEach(keeper -> found.add("keeper " + keeper));
    return found;
  }

  private static List<String> keepers(String name) {
    return ProcessHandle.allProcesses()
        .filter(process -> commandLine(process).startsWith("[coffer keeper]"))
        .filter(process -> commandLine(process).endsWith(" " + name))
        .map(process -> Long.toString(process.pid()))
        .toList();
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", "" + process.pid(), "cmdline"))
          .strip()
          .replace("\0", "");
    } catch (IOException gone) {
      return "";
    }
  }

  private static void add(List<String> to, String kind, List<Path> paths, String name) {
    paths.stream()
        .filter(path -> path.getFileName().toString().matches(".*" + name + "(-\\d+)?"))
        .forEach(path -> to.add(kind + " " + path));
  }

  private static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var entries = Files.list(folder)) {
      return entries.toList();
    } catch (IOException | java.io.UncheckedIOException gone) {
      return List.of();
    }
  }
}
