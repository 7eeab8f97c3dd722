package dev.coffer.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a test could leave on the machine. Others may work on it at the same time, so what does not
 * carry the test's id counts only where nobody else does: in the virtual machine, and with
 * COFFER_TEST_ALONE=1.
 */
record Snapshot(
    Set<String> mounts,
    Set<String> cgroups,
    Set<String> links,
    Set<String> loops,
    Set<String> processes) {

  private static final boolean ALONE =
      System.getenv("COFFER_VM") != null || "1".equals(System.getenv("COFFER_TEST_ALONE"));

  /** Made by the first "ip netns add" for all that follow. */
  private static final String NETWORKS = "/run/netns";

  static Snapshot read(String id) {
    Predicate<String> counts = line -> ALONE || line.contains(id);
    return new Snapshot(
        filter(mountPoints(), counts),
        filter(cgroupFolders(), counts.and(line -> line.contains(id) || !ofSystemd(line))),
        filter(names(Path.of("/sys/class/net")), counts),
        filter(loopFiles(), counts),
        processesOf(id));
  }

  /** What is here and was not before, each with its kind. */
  List<String> beyond(Snapshot before) {
    var left = new ArrayList<String>();
    add(left, "mount", mounts, before.mounts);
    add(left, "cgroup", cgroups, before.cgroups);
    add(left, "link", links, before.links);
    add(left, "loop device", loops, before.loops);
    add(left, "process", processes, before.processes);
    return left;
  }

  private static void add(List<String> left, String kind, Set<String> now, Set<String> before) {
    now.stream()
        .filter(item -> !before.contains(item))
        .forEach(item -> left.add(kind + " " + item));
  }

  private static Set<String> filter(Stream<String> lines, Predicate<String> counts) {
    return lines.filter(counts).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> mountPoints() {
    return text(Path.of("/proc/self/mountinfo"))
        .lines()
        .map(line -> line.split(" ")[4])
        .filter(mount -> !mount.equals(NETWORKS));
  }

  private static Stream<String> loopFiles() {
    return names(Path.of("/sys/block"))
        .filter(name -> name.startsWith("loop"))
        .map(name -> name + " " + text(Path.of("/sys/block", name, "loop/backing_file")).strip())
        .filter(line -> line.contains("/"));
  }

  /** Services come and go by themselves. */
  private static boolean ofSystemd(String cgroup) {
    return cgroup.matches(".*\\.(service|scope|slice|mount|socket)(/.*)?");
  }

  private static Stream<String> cgroupFolders() {
    var folders = new ArrayList<String>();
    try {
      Files.walkFileTree(
          Path.of("/sys/fs/cgroup"),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              folders.add(folder.toString());
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException gone) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folders.stream();
  }

  /** Processes that carry the id in their command line, environment or cgroup. */
  private static Set<String> processesOf(String id) {
    var found = new TreeSet<String>();
    for (long pid : pidsOf(id)) {
      found.add(pid + " " + text(Path.of("/proc", "" + pid, "cmdline")).replace('\0', ' ').strip());
    }
    return found;
  }

  private static List<Long> pidsOf(String id) {
    return names(Path.of("/proc"))
        .filter(name -> Character.isDigit(name.charAt(0)))
        .filter(pid ->
            Stream.of("cmdline", "environ", "cgroup")
                .anyMatch(file -> text(Path.of("/proc", pid, file)).contains(id)))
        .map(Long::valueOf)
        .filter(pid -> pid != ProcessHandle.current().pid())
        .toList();
  }

  /** The last resort for what a failed test left running. */
  static void killProcesses(String id) {
    pidsOf(id).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
  }

  private static Stream<String> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a file, empty where it is gone: a process may end while one looks. */
  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }
}
