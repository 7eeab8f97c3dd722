package dev.coffer.runtime;

import dev.coffer.linux.Pidfd;
import dev.coffer.linux.SeccompFilter;
import dev.coffer.model.Capability;
import dev.coffer.model.ContainerSpec.Personality;
import dev.coffer.model.Namespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A command to run inside a running container.
 *
 * @param init the container's first process
 * @param namespaces those of the container to join
 * @param hasRoot whether the container's user namespace has a root
 * @param cgroups directories of the v1 cgroups to enter; empty to stay in the caller's
 * @param unifiedCgroup the v2 cgroup the process is born in
 * @param scope the unit of the user's systemd that is to be entered on the way there
 * @param commands each with its arguments; the first that exists is executed
 * @param dropped capabilities to give up
 * @param filter the system call filter it is put under
 * @param newKeyring whether the command is kept from the caller's session keyring
 * @param confinement the security modules it is put under
 * @param terminal where the session's terminal comes from: the container's devpts, when it has one
 * @param terminalOwner uid and gid on the host that own the terminal
 * @param remountProcSys whether the command gets its own /proc and /sys
 */
public record AttachOrder(
    Pidfd init,
    Set<Namespace> namespaces,
    boolean hasRoot,
    List<String> cgroups,
    Optional<String> unifiedCgroup,
    Optional<String> scope,
    List<List<String>> commands,
    List<String> searchPath,
    List<String> environment,
    Optional<String> cwd,
    long uid,
    long gid,
    List<Capability> dropped,
    boolean noNewPrivileges,
    boolean newKeyring,
    Optional<SeccompFilter> filter,
    LateConfinement confinement,
    Optional<Personality> personality,
    Optional<Path> terminalLog,
    boolean remountProcSys) {
  public AttachOrder {
    namespaces = Set.copyOf(namespaces);
    cgroups = List.copyOf(cgroups);
    commands = List.copyOf(commands);
    environment = List.copyOf(environment);
    dropped = List.copyOf(dropped);
  }
}
