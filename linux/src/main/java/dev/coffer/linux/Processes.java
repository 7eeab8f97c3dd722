package dev.coffer.linux;

import dev.coffer.model.Namespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Processes by their number, read from proc(5). A number changes hands when its process has ended,
 * so who remembers one remembers the start time with it, and who signals one uses {@link Pidfd}.
 */
public final class Processes {
  private Processes() {}

  /** The pid of this process. */
  public static int self() {
    return (int) ProcessHandle.current().pid();
  }

  /** Whether the process that had this start time still runs; a zombie does not. */
  public static boolean alive(int pid, long startTime) {
    return stat(pid)
        .filter(fields -> fields.startTime() == startTime && !fields.isZombie())
        .isPresent();
  }

  /**
   * When the process started, in clock ticks since the host did; never the same for two of one pid.
   */
  public static OptionalLong startTime(int pid) {
    return stat(pid)
        .map(fields -> OptionalLong.of(fields.startTime()))
        .orElse(OptionalLong.empty());
  }

  public static Optional<ProcessStatus> status(int pid) {
    return read(pid, "status").map(ProcessStatus::parse);
  }

  /** The program's file; empty also where we may not look. */
  public static Optional<Path> exe(int pid) {
    return HostFiles.readLink(proc(pid, "exe"));
  }

  /**
   * The arguments; none for a zombie, for a thread of the kernel and in the middle of execve(2).
   */
  public static Optional<List<String>> commandLine(int pid) {
    return read(pid, "cmdline").map(text -> text.isEmpty() ? List.of() : List.of(text.split("\0")));
  }

  /** The cgroups of a process, by the lines of /proc/PID/cgroup. */
  public static Optional<String> cgroups(int pid) {
    return read(pid, "cgroup");
  }

  /** What the process is confined by, such as {@code lxc-container-default (enforce)}. */
  public static Optional<String> securityLabel(int pid) {
    try {
      return read(pid, "attr/current").map(text -> text.replace("\0", "").strip());
    } catch (KernelException e) {
      return Optional.empty(); // EINVAL where no security module keeps labels
    }
  }

  /**
   * The identity of a namespace, such as {@code net:[4026531840]}; empty also where we may not
   * look.
   */
  public static Optional<String> namespace(int pid, Namespace namespace) {
    return HostFiles.readLink(proc(pid, "ns/" + namespace.file())).map(Path::toString);
  }

  /** The same of one that is open; empty where it is something else. */
  public static Optional<String> namespaceOf(Fd namespace) {
    return HostFiles.readLink(Path.of("/proc/self/fd/" + namespace.number())).map(Path::toString);
  }

  /**
   * Sends a signal, kill(2).
   *
   * @return false if there is no such process
   */
  public static boolean sendSignal(int pid, int signal) {
    try (Call call = new Call()) {
      long result = call.run(Sys.KILL, pid, signal);
      if (result == -Errno.ESRCH.number()) {
        return false;
      }
      Call.checked("kill", null, result);
      return true;
    }
  }

  private static Optional<Stat> stat(int pid) {
    return read(pid, "stat").map(Stat::parse);
  }

  private static Optional<String> read(int pid, String file) {
    return HostFiles.readIfThere(proc(pid, file));
  }

  private static Path proc(int pid, String file) {
    return Path.of("/proc/" + pid + "/" + file);
  }

  /** /proc/PID/stat, as far as it is of use here. */
  private record Stat(char state, long startTime) {
    /**
     * The second field is the program's name in parentheses, which may itself hold any character.
     */
    static Stat parse(String text) {
      String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
      return new Stat(fields[0].charAt(0), Long.parseLong(fields[19]));
    }

    boolean isZombie() {
      return state == 'Z' || state == 'X';
    }
  }
}
