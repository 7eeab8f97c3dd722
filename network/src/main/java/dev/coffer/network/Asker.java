package dev.coffer.network;

import dev.coffer.linux.Accounts;
import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.NamespaceOwner;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.Processes;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.Namespace;
import dev.coffer.network.Refusal.Reason;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who asks the broker, as the kernel vouches for it: nothing of this comes from the request.
 *
 * @param uid of the process that connected
 * @param name of that user
 * @param groups the names of all its groups
 */
record Asker(long uid, String name, Set<String> groups) {
  /**
   * @throws Refusal where the user has no name, or stands in another user namespace than ours, in
   *     which ids mean something else
   */
  static Asker of(UnixSocket client) {
    var peer = client.peer();
    requireOurWorld(client);
    long uid = Integer.toUnsignedLong(peer.uid());
    String name =
        Accounts.userName(uid)
            .orElseThrow(() -> new Refusal(Reason.NOT_YOURS, "nobody has the user id " + uid, ""));
    Set<String> groups = new LinkedHashSet<>();
    Accounts.groupName(Integer.toUnsignedLong(peer.gid())).ifPresent(groups::add);
    client
        .peerGroups()
        .forEach(gid -> Accounts.groupName(Integer.toUnsignedLong(gid)).ifPresent(groups::add));
    return new Asker(uid, name, groups);
  }

  private static void requireOurWorld(UnixSocket client) {
    Optional<Pidfd> process = client.peerProcess();
    try (Pidfd alive = process.orElseThrow(Asker::gone)) {
      Optional<String> theirs = Processes.namespace(client.peer().pid(), Namespace.USER);
      if (alive.awaitEnd(0)) {
        throw gone(); // what was looked at may have been another's
      }
      Optional<String> ours = HostFiles.readLink(Path.of("/proc/self/ns/user")).map(Path::toString);
      if (theirs.isEmpty() || !theirs.equals(ours)) {
        throw new Refusal(
            Reason.NOT_YOURS, "who asks from inside a container gets nothing of the host's", "");
      }
    }
  }

  private static Refusal gone() {
    return new Refusal(Reason.NOT_YOURS, "who asked is gone", "");
  }

  /**
   * Whether the user has all rights over a network namespace: it belongs to a user namespace that
   * this user has made in ours, user_namespaces(7). The host's own is nobody's.
   *
   * @throws Refusal otherwise
   */
  void requireOwner(Fd network) {
    if (!NamespaceOwner.is(network, Namespace.NET)) {
      throw new Refusal(Reason.MALFORMED, "the descriptor is no network namespace", "");
    }
    try (Fd realm = NamespaceOwner.userNamespace(network)) {
      if (!NamespaceOwner.isOwn(realm)) {
        try (Fd parent = NamespaceOwner.parent(realm)) {
          if (NamespaceOwner.isOwn(parent) && NamespaceOwner.uid(realm) == uid) {
            return;
          }
        }
      }
    } catch (KernelException e) {
      // EPERM: it lies beyond what we may look at, and so it is none of this user's
      throw notTheirs();
    }
    throw notTheirs();
  }

  private Refusal notTheirs() {
    return new Refusal(
        Reason.NOT_YOURS, "User " + name + " may not modify this network namespace", "");
  }
}
