package dev.coffer.model.plan;

import dev.coffer.model.PortForward;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a host step is taken back. Undoing what was never done, or undoing twice, does nothing, so a
 * journal of these can be written before the steps and replayed at any time.
 */
public sealed interface Undo
    permits Undo.EndProgram,
        Undo.RemoveForwards,
        Undo.RemoveFilter,
        Undo.RemoveCgroup,
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

  /**
   * Ends a program that stays beside a container.
   *
   * @param pidFile holds its process id and is named in its arguments; removed with it
   */
  record EndProgram(String pidFile) implements Undo {}

  /** Removes an interface of the host, with its other end. */
  record RemoveLink(String name) implements Undo {}

  /** Removes the rules for what comes in by a port of a bridge. */
  record RemoveFilter(String port) implements Undo {}

  /**
   * Removes the rules that lead ports of the host to a container.
   *
   * @param port the host's end of its interface
   * @param bridge the interface of the host that leads to it
   * @param forwards what was claimed
   */
  record RemoveForwards(String port, String bridge, List<PortForward> forwards) implements Undo {
    public RemoveForwards {
      forwards = List.copyOf(forwards);
    }

    private String words() {
      String list = forwards.stream().map(PortForward::describe).collect(Collectors.joining(" "));
      return port + " " + bridge + " " + list;
    }

    private static Optional<Undo> decode(String text) {
      String[] words = text.split(" ");
      if (words.length < 3) {
        return Optional.empty();
      }
      try {
        List<PortForward> forwards = Arrays.stream(words).skip(2).map(PortForward::parse).toList();
        return Optional.of(new RemoveForwards(words[0], words[1], forwards));
      } catch (IllegalArgumentException _) {
        return Optional.empty();
      }
    }
  }

  /** One line of a journal; paths must not contain newlines. */
  default String encode() {
    return switch (this) {
      case RemoveCgroup cgroup -> "remove-cgroup " + cgroup.path();
      case RemoveCgroupFolder folder -> "remove-cgroup-folder " + folder.path();
      case RemoveKeeperCgroup cgroup -> "remove-keeper-cgroup " + cgroup.path();
      case RemoveFile file -> "remove-file " + file.path();
      case EndProgram program -> "end-program " + program.pidFile();
      case RemoveLink link -> "remove-link " + link.name();
      case LinkUndo link -> link.encode();
      case RemoveFilter filter -> "remove-filter " + filter.port();
      case RemoveForwards forwards -> "remove-forwards " + forwards.words();
      case BridgeUndo bridge -> bridge.encode();
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
      case "remove-filter" -> Optional.of(new RemoveFilter(what));
      case "remove-forwards" -> RemoveForwards.decode(what);
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
      case "end-program" -> Optional.of(new EndProgram(path));
      default -> Optional.empty();
    };
  }
}
