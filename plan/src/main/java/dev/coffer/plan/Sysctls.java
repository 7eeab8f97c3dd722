package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.Limits.KernelValue;
import dev.coffer.model.Namespace;
import dev.coffer.model.Sourced;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which settings below /proc/sys belong to a namespace; all others are the host's. */
final class Sysctls {
  /** Those of System V IPC, ipc_namespaces(7). */
  private static final Set<String> OF_IPC =
      Set.of(
          "kernel.auto_msgmni",
          "kernel.msg_next_id",
          "kernel.msgmax",
          "kernel.msgmnb",
          "kernel.msgmni",
          "kernel.sem",
          "kernel.sem_next_id",
          "kernel.shm_next_id",
          "kernel.shm_rmid_forced",
          "kernel.shmall",
          "kernel.shmmax",
          "kernel.shmmni");

  private static final Set<String> OF_UTS = Set.of("kernel.hostname", "kernel.domainname");

  private Sysctls() {}

  private static Optional<Namespace> owner(String name) {
    String dotted = name.replace('/', '.');
    if (dotted.startsWith("net.")) {
      return Optional.of(Namespace.NET);
    }
    if (dotted.startsWith("fs.mqueue.") || OF_IPC.contains(dotted)) {
      return Optional.of(Namespace.IPC);
    }
    if (dotted.startsWith("user.max_")) { // user_namespaces(7), "The /proc/sys/user directory"
      return Optional.of(Namespace.USER);
    }
    return OF_UTS.contains(dotted) ? Optional.of(Namespace.UTS) : Optional.empty();
  }

  /**
   * Refuses a setting that would change the host. In a user namespace the kernel knows better: it
   * refuses by itself, and newer ones keep more settings apart.
   *
   * @param own the namespaces that are not the host's
   */
  static void check(Sourced<KernelValue> value, Set<Namespace> own) {
    String name = value.value().name();
    if (own.contains(Namespace.USER)) {
      return;
    }
    Optional<Namespace> owner = owner(name);
    if (owner.isPresent() && own.contains(owner.get())) {
      return;
    }
    throw new CofferException(
        "cannot set sysctl " + name + ": it belongs to the host",
        List.of("from  " + value.origin().describe(), "hint  " + remedy(owner)));
  }

  private static String remedy(Optional<Namespace> owner) {
    if (owner.isEmpty()) {
      return "only settings of the container's namespaces can be set: net.*, fs.mqueue.*, those of"
          + " System V IPC, and user.max_* with an id map; set it on the host with sysctl(8)";
    }
    return switch (owner.get()) {
      case USER ->
          "it limits a user namespace, and the container has none: give it one with coffer.idmap ="
              + " auto; set it on the host with sysctl(8)";
      case MOUNT, PID, UTS, IPC, NET, CGROUP, TIME ->
          "the container shares its "
              + owner.get().file()
              + " namespace with the host; set it on the host with sysctl(8)";
    };
  }
}
