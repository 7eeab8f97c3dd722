package dev.coffer.plan;

import dev.coffer.model.ContainerSpec;
import dev.coffer.model.MountEntry;
import dev.coffer.model.Namespace;
import dev.coffer.model.Sourced;
import java.util.List;
import java.util.Map;

/**
 * One start of a container: the specification and what the moment adds to it.
 *
 * @param application whether a minimal init runs the command (lxc-execute)
 * @param callerStreams whether the command gets the caller's streams instead of the console
 * @param command the words of the first command
 * @param fstab the lines of lxc.mount.fstab
 * @param share paths of namespaces to join
 * @param seccomp the filter that its policy asks for
 * @param mountPoint where the root is mounted while the container is set up
 */
public record StartRequest(
    ContainerSpec spec,
    boolean application,
    boolean callerStreams,
    Sourced<List<String>> command,
    List<Sourced<MountEntry>> fstab,
    Map<Namespace, Sourced<String>> share,
    SeccompChoice seccomp,
    String mountPoint) {
  public StartRequest {
    fstab = List.copyOf(fstab);
    share = Map.copyOf(share);
  }
}
