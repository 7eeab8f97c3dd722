package dev.coffer.runtime;

import dev.coffer.model.Namespace;
import dev.coffer.model.plan.KeeperStep;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A command of the host's to run in namespaces of its own.
 *
 * @param searchPath where it is looked for
 * @param environment lines of the form {@code NAME=VALUE}
 * @param namespaces the new ones
 * @param maps what writes the id maps of a new user namespace
 * @param identity whom it runs as there; empty for whoever it is anyway
 * @param hostname for a new UTS namespace
 * @param remount whether /proc, /dev/shm and /dev/mqueue are mounted anew, as far as they belong to
 *     new namespaces
 * @param interfaces of the host's that move to its new network namespace
 */
public record CommandOrder(
    List<String> command,
    List<String> searchPath,
    List<String> environment,
    String cwd,
    Set<Namespace> namespaces,
    List<KeeperStep> maps,
    Optional<Identity> identity,
    Optional<String> hostname,
    boolean remount,
    List<String> interfaces) {
  /** A user and a group as the user namespace numbers them; a group of -1 stays as it is. */
  public record Identity(long uid, long gid) {
    public static final Identity ROOT = new Identity(0, 0);
  }

  public CommandOrder {
    command = List.copyOf(command);
    searchPath = List.copyOf(searchPath);
    environment = List.copyOf(environment);
    namespaces = Set.copyOf(namespaces);
    maps = List.copyOf(maps);
    interfaces = List.copyOf(interfaces);
  }
}
