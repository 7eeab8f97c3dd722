package dev.coffer;

import dev.coffer.model.IdMap;
import dev.coffer.model.Namespace;
import dev.coffer.model.Sourced;
import dev.coffer.runtime.CommandOrder.Identity;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A command of the host's to run in new namespaces, without a container.
 *
 * @param namespaces the new ones
 * @param idMaps of a new user namespace; empty for none
 * @param identity whom it runs as there
 * @param hostname for a new UTS namespace
 * @param remount whether the file systems of new namespaces are mounted anew
 * @param interfaces of the host's that it takes to its network namespace
 * @param await whether its end is awaited
 */
public record NamespaceCommand(
    List<String> command,
    Set<Namespace> namespaces,
    List<Sourced<IdMap>> idMaps,
    Optional<Identity> identity,
    Optional<String> hostname,
    boolean remount,
    List<String> interfaces,
    boolean await) {
  public NamespaceCommand {
    command = List.copyOf(command);
    namespaces = Set.copyOf(namespaces);
    idMaps = List.copyOf(idMaps);
    interfaces = List.copyOf(interfaces);
  }
}
