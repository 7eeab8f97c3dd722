package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.IdMap;
import dev.coffer.model.MountEntry.Create;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import dev.coffer.model.Terminals;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.MountAttributes;
import dev.coffer.model.plan.ContainerStep.MountAttributes.Atime;
import dev.coffer.model.plan.ContainerStep.Target;
import dev.coffer.model.plan.MountIds;
import dev.coffer.model.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The container's /dev: the usual nodes, its terminals, its console. */
final class DevicePlanner {
  private static final long TTY_GROUP = 5;
  private static final long DEFAULT_PTYS = 1024;

  /** What fits into one program of the launcher and under the usual RLIMIT_NOFILE. */
  private static final int MOST_TTYS = 400;

  private static final List<Node> NODES =
      List.of(
          new Node("full", 1, 7),
          new Node("null", 1, 3),
          new Node("random", 1, 8),
          new Node("tty", 5, 0),
          new Node("urandom", 1, 9),
          new Node("zero", 1, 5));

  private record Node(String name, int major, int minor) {}

  private final ContainerSpec spec;
  private final Terminals terminals;
  private final boolean bindsNodes;

  /**
   * @param bindsNodes whether nodes of the host are shown, because none can be made in a user
   *     namespace, mknod(2)
   */
  DevicePlanner(ContainerSpec spec, boolean bindsNodes) {
    this.spec = spec;
    this.terminals = spec.terminals();
    this.bindsNodes = bindsNodes;
  }

  /** The tmpfs on /dev, before anything is mounted below it. */
  List<Step> mountDev() {
    if (!terminals.autodev().value()) {
      return List.of();
    }
    MountAttributes attributes =
        new MountAttributes(false, true, false, true, Atime.UNCHANGED, false, false, "");
    return List.of(
        new ContainerStep.MountFileSystem(
            "tmpfs",
            "none",
            new Target("dev", Create.DIRECTORY),
            attributes,
            List.of("size=" + terminals.devSize(), "mode=755"),
            false,
            terminals.autodev().origin()));
  }

  List<Step> populate() {
    List<Step> steps = new ArrayList<>();
    if (terminals.autodev().value()) {
      NODES.forEach(node -> steps.add(node(node)));
    }
    Origin ptys = Origin.builtIn("lxc.pty.max");
    long max =
        (terminals.ptyMax() > 0 ? terminals.ptyMax() : DEFAULT_PTYS) + terminals.ttys().value();
    steps.add(new ContainerStep.MountDevpts(max, ttyGroup(), ptys));
    steps.add(new ContainerStep.CreateSymlink("dev/ptmx", "pts/ptmx", ptys));
    terminals(steps);
    if (terminals.autodev().value()) {
      links(steps);
    }
    return steps;
  }

  private Step node(Node node) {
    Origin origin = terminals.autodev().origin();
    if (!bindsNodes) {
      return new ContainerStep.CreateDevice(
          "dev/" + node.name(), node.major(), node.minor(), 0666, origin);
    }
    return new ContainerStep.BindMount(
        "/dev/" + node.name(),
        false,
        new Target("dev/" + node.name(), Create.FILE),
        false,
        MountAttributes.NONE,
        MountIds.AS_ON_DISK,
        false,
        origin);
  }

  private void terminals(List<Step> steps) {
    String dir = terminals.ttyDir();
    Origin origin = terminals.ttys().origin();
    boolean console = hasConsole();
    String prefix = "dev/";
    if (!dir.isEmpty() && (console || terminals.ttys().value() > 0)) {
      prefix = "dev/" + dir + "/";
      steps.add(new ContainerStep.CreateDirectory("dev/" + dir, 0755, origin));
    }
    // first, for container_ttys names them by their numbers
    int count = terminals.ttys().value();
    if (count > MOST_TTYS) {
      throw new CofferException(
          "cannot make " + count + " terminals: at most " + MOST_TTYS,
          List.of("from  " + origin.describe(), "hint  each is an open file; lower lxc.tty.max"));
    }
    if (count > 0) {
      steps.add(new ContainerStep.CreateTtys(prefix + "tty", count, origin));
      for (int number = 1; !dir.isEmpty() && number <= count; number++) {
        steps.add(
            new ContainerStep.CreateSymlink("dev/tty" + number, dir + "/tty" + number, origin));
      }
    }
    if (console) {
      Origin consoleOrigin =
          terminals.consolePath().map(Sourced::origin).orElse(Origin.builtIn("lxc.console.path"));
      if (!dir.isEmpty()) {
        steps.add(new ContainerStep.AttachConsole(prefix + "console", consoleOrigin));
      }
      steps.add(new ContainerStep.AttachConsole("dev/console", consoleOrigin));
    }
  }

  private void links(List<Step> steps) {
    Origin origin = terminals.autodev().origin();
    steps.add(new ContainerStep.CreateSymlink("dev/fd", "/proc/self/fd", origin));
    steps.add(new ContainerStep.CreateSymlink("dev/stdin", "/proc/self/fd/0", origin));
    steps.add(new ContainerStep.CreateSymlink("dev/stdout", "/proc/self/fd/1", origin));
    steps.add(new ContainerStep.CreateSymlink("dev/stderr", "/proc/self/fd/2", origin));
  }

  boolean hasConsole() {
    return terminals.consolePath().map(path -> !path.value().equals("none")).orElse(true);
  }

  /** Group tty of every distribution, where the container has such a group. */
  private Optional<Long> ttyGroup() {
    if (!spec.hasUserNamespace()) {
      return Optional.of(TTY_GROUP);
    }
    boolean mapped =
        spec.privileges().idMaps().stream()
            .map(Sourced::value)
            .anyMatch(map -> map.kind() == IdMap.Kind.GROUP && map.contains(TTY_GROUP));
    return mapped ? Optional.of(TTY_GROUP) : Optional.empty();
  }
}
