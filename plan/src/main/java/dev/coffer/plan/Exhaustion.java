package dev.coffer.plan;

import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.Step;
import java.util.Optional;
import java.util.Set;

/**
 * Failures that mean that the kernel has no more of something. Its words for that mostly speak of
 * disks and files, whatever it is that was used up.
 *
 * @param reason what is used up, with the errno's name
 * @param hint where its number is set
 */
record Exhaustion(String reason, String hint) {
  private static final int EAGAIN = 11;
  private static final int ENFILE = 23;
  private static final int ENOSPC = 28;
  private static final int EUSERS = 87;

  private static final Set<String> CLONING = Set.of("clone3", "unshare");
  private static final Set<String> MOUNTING = Set.of("move_mount", "open_tree", "fsmount");

  static Optional<Exhaustion> of(Step step, String call, int errno) {
    return switch (errno) {
      case EAGAIN -> CLONING.contains(call) ? Optional.of(processes()) : Optional.empty();
      case ENFILE ->
          Optional.of(
              new Exhaustion(
                  "the machine's limit of open files is reached (ENFILE)",
                  "raise the sysctl fs.file-max; \"coffer doctor\" shows how many are open"));
      case ENOSPC -> noSpace(step, call);
      case EUSERS ->
          CLONING.contains(call)
              ? Optional.of(
                  new Exhaustion(
                      "user namespaces are nested too deeply here (EUSERS)",
                      "the kernel allows 32 of them within each other"))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Exhaustion processes() {
    return new Exhaustion(
        "the limit of processes is reached (EAGAIN)",
        "pids.max of a cgroup around it, the user's nproc (ulimit -u), or the sysctls"
            + " kernel.pid_max and kernel.threads-max; \"coffer doctor\" shows what is in use");
  }

  private static Optional<Exhaustion> noSpace(Step step, String call) {
    if (CLONING.contains(call)) {
      return Optional.of(
          new Exhaustion(
              "the limit of namespaces is reached (ENOSPC)",
              "raise the sysctls user.max_*_namespaces; \"coffer doctor\" shows what is in use"));
    }
    if (MOUNTING.contains(call)) {
      return Optional.of(
          new Exhaustion(
              "the limit of mounts in a namespace is reached (ENOSPC)",
              "raise the sysctl fs.mount-max, or unmount what is not needed (findmnt)"));
    }
    boolean opensTerminal =
        step instanceof ContainerStep.AttachConsole || step instanceof ContainerStep.CreateTtys;
    if (opensTerminal && call.equals("openat")) {
      return Optional.of(
          new Exhaustion(
              "no pseudo terminal is left (ENOSPC)",
              "raise the sysctl kernel.pty.max, or the container's lxc.pty.max"));
    }
    if (step instanceof HostStep.CreateCgroup) {
      return Optional.of(
          new Exhaustion(
              "the limit of cgroups is reached (ENOSPC)",
              "cgroup.max.descendants and cgroup.max.depth of the cgroups above; of memory cgroups"
                  + " there are 65535 at most"));
    }
    return Optional.empty();
  }
}
