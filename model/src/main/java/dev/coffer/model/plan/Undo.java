package dev.coffer.model.plan;

import java.util.Optional;

/**
 * How a host step is taken back. Undoing what was never done, or undoing twice, does nothing, so a
 * journal of these can be written before the steps and replayed at any time.
 */
public sealed interface Undo
    permits Undo.RemoveCgroup,
        Undo.RemoveCgroupFolder,
        Undo.RemoveKeeperCgroup,
        Undo.RemoveFile,
        Undo.UnloadAppArmorProfile,
        Undo.RemoveAppArmorNamespace,
        Undo.RemoveLink,
        BridgeUndo,
        LinkUndo {
  /** Kills what is left in a cgroup and removes it with everything below. */
  record RemoveCgroup(String path) implements Undo {}

  /** Removes a cgroup above those of containers, unless another container is still below it. */
  record RemoveCgroupFolder(String path) implements Undo {}

  /**
   * Removes the cgroup that the keeper is in, once it has ended; until then nothing is to be done.
   */
  record RemoveKeeperCgroup(String path) implements Undo {}

  /** Removes a file. */
  record RemoveFile(String path) implements Undo {}

  /** Removes a profile from the kernel. */
  record UnloadAppArmorProfile(String name) implements Undo {}

  /** Removes a policy namespace with all that was loaded into it. */
  record RemoveAppArmorNamespace(String name) implements Undo {}

  /** Removes an interface of the host, with its other end. */
  record RemoveLink(String name) implements Undo {}

  /** One line of a journal; paths must not contain newlines. */
  default String encode() {
    return switch (this) {
      case RemoveCgroup cgroup -> "remove-cgroup " + cgroup.path();
      case RemoveCgroupFolder folder -> "remove-cgroup-folder " + folder.path();
      case RemoveKeeperCgroup cgroup -> "remove-keeper-cgroup " + cgroup.path();
      case RemoveFile file -> "remove-file " + file.path();
      case RemoveLink link -> "remove-link " + link.name();
      case BridgeUndo bridge -> bridge.encode();
      case LinkUndo link -> link.encode();
      case UnloadAppArmorProfile profile -> "unload-apparmor-profile " + profile.name();
      case RemoveAppArmorNamespace namespace -> "remove-apparmor-namespace " + namespace.name();
    };
  }

  /**
   * Reads a journal line; empty for one that is cut short or of a kind this version does not know.
   */
  static Optional<Undo> decode(String line) {
    int blank = line.indexOf(' ');
    if (blank < 0 || blank + 1 == line.length()) {
      return Optional.empty();
    }
    String what = line.substring(blank + 1);
    return switch (line.substring(0, blank)) {
      case "remove-link" -> Optional.of(new RemoveLink(what));
      case "leave-zone", "forget-neighbour" -> BridgeUndo.decode(line.substring(0, blank), what);
      case "unload-apparmor-profile" -> Optional.of(new UnloadAppArmorProfile(what));
      case "remove-apparmor-namespace" -> Optional.of(new RemoveAppArmorNamespace(what));
      default ->
          what.startsWith("/") && !line.startsWith("release-network ")
              ? decodePath(line.substring(0, blank), what)
              : LinkUndo.decode(line.substring(0, blank), what);
    };
  }

  private static Optional<Undo> decodePath(String kind, String path) {
    return switch (kind) {
      case "remove-cgroup" -> Optional.of(new RemoveCgroup(path));
      case "remove-cgroup-folder" -> Optional.of(new RemoveCgroupFolder(path));
      case "remove-keeper-cgroup" -> Optional.of(new RemoveKeeperCgroup(path));
      case "remove-file" -> Optional.of(new RemoveFile(path));
      default -> Optional.empty();
    };
  }
}
