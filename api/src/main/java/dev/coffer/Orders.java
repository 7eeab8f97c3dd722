package dev.coffer;

import dev.coffer.config.FstabLine;
import dev.coffer.config.LxcConfig;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Intercepts;
import dev.coffer.model.MountEntry;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.Sourced;
import dev.coffer.plan.StartRequest;
import dev.coffer.runtime.HostFactsReader;
import dev.coffer.runtime.SharedNamespaces;
import dev.coffer.runtime.StartOrder;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;

/** Makes a start order of a configuration and what the caller adds to it. */
final class Orders {
  private static final String DEFAULT_MOUNT_POINT = "/run/coffer-rootfs";
  private static final List<String> DEFAULT_INIT = List.of("/sbin/init");

  private Orders() {}

  static StartOrder of(
      LxcConfig config,
      String name,
      Path lxcPath,
      StartOptions options,
      Function<String, OptionalInt> initPidOf,
      IdRanges ranges,
      boolean mapsMounts,
      SeccompLoading seccomp,
      Consumer<Problem> notices) {
    override(config, options);
    boolean application = options.kind() == StartOptions.Kind.APPLICATION;
    SecureStart.fill(config, lxcPath.resolve(name), application, ranges, mapsMounts, notices);
    ContainerSpec spec = config.spec(name, lxcPath);
    config.problems().forEach(notices);
    notInEffect(spec).forEach(notices);
    nesting(spec).ifPresent(notices);
    closedNodes(spec).ifPresent(notices);
    Optional<SeccompPolicies.Loaded> policy = seccomp.load(spec, notices);
    StartRequest request =
        new StartRequest(
            spec,
            application,
            application && options.foreground(),
            command(spec, options.command(), application),
            fstab(spec),
            SharedNamespaces.paths(spec, initPidOf),
            SeccompLoading.choice(spec, policy),
            mountPoint(spec));
    return new StartOrder(
        request,
        config.text(),
        config::get,
        policy.map(SeccompPolicies.Loaded::filter),
        options.foreground(),
        options.pidFile(),
        options.console(),
        options.consoleLog());
  }

  /** The order of a container that an earlier engine started, as far as its later life needs it. */
  static StartOrder recalled(
      LxcConfig config, String name, Path lxcPath, boolean application, SeccompPolicies policies) {
    ContainerSpec spec = config.spec(name, lxcPath);
    SeccompLoading.Recalled seccomp = SeccompLoading.recall(policies, spec);
    List<String> placeholder = application ? List.of("true") : List.of();
    StartRequest request =
        new StartRequest(
            spec,
            application,
            false,
            command(spec, placeholder, application),
            remainingFstab(spec),
            Map.of(),
            seccomp.choice(),
            mountPoint(spec));
    return new StartOrder(
        request,
        config.text(),
        config::get,
        seccomp.filter(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static void override(LxcConfig config, StartOptions options) {
    for (String line : options.overrides()) {
      int equals = line.indexOf('=');
      if (equals < 0) {
        throw new CofferException(
            "\"" + line + "\" is not KEY=VALUE", List.of("from  option -s " + line));
      }
      config.set(
          line.substring(0, equals).strip(),
          line.substring(equals + 1).strip(),
          Origin.option("-s " + line));
    }
    options
        .share()
        .forEach((namespace, whose) ->
            config.set(
                "lxc.namespace.share." + namespace.file(),
                whose,
                Origin.option("--share-" + namespace.file() + "=" + whose)));
    options
        .uid()
        .ifPresent(
            uid -> config.set("lxc.init.uid", Long.toString(uid), Origin.option("--uid=" + uid)));
    options
        .gid()
        .ifPresent(
            gid -> config.set("lxc.init.gid", Long.toString(gid), Origin.option("--gid=" + gid)));
  }

  private static List<Problem> notInEffect(ContainerSpec spec) {
    List<Problem> problems = new ArrayList<>();
    for (Sourced<String> key : spec.notInEffect()) {
      problems.add(
          Problem.warning(
              key.origin(),
              key.value() + " is not yet in effect: the container starts without it",
              ""));
    }
    return problems;
  }

  /** With an id map what is opened for containers inside is the container's own affair. */
  private static Optional<Problem> nesting(ContainerSpec spec) {
    return spec.nesting()
        .filter(_ -> !spec.hasUserNamespace())
        .map(origin ->
            Problem.warning(
                origin,
                "without an id map root of the container, and of those inside it, is the host's"
                    + " root: /dev/.lxc/proc lets it change the host",
                "coffer.idmap = auto gives the container ids of its own"));
  }

  private static Optional<Problem> closedNodes(ContainerSpec spec) {
    return spec.privileges()
        .seccomp()
        .intercepts()
        .filter(intercepts -> intercepts.value().calls().contains(Intercepts.Call.MKNOD))
        .filter(_ ->
            spec.hasUserNamespace()
                && spec.terminals().autodev().value()
                && !spec.rootfs().options().contains("dev"))
        .map(intercepts ->
            Problem.warning(
                intercepts.origin(),
                "device nodes that the container makes in its root cannot be opened: roots with an id"
                    + " map are mounted nodev",
                "add the line: lxc.rootfs.options = dev"));
  }

  private static Sourced<List<String>> command(
      ContainerSpec spec, List<String> given, boolean application) {
    if (!given.isEmpty()) {
      return new Sourced<>(given, Origin.option("command"));
    }
    Optional<Sourced<String>> configured =
        application ? spec.init().executeCommand() : spec.init().command();
    if (configured.isPresent()) {
      return new Sourced<>(Words.split(configured.get().value()), configured.get().origin());
    }
    if (application) {
      throw new CofferException(
          "no command to execute", List.of("hint  give one behind \"--\", or set lxc.execute.cmd"));
    }
    return Sourced.builtIn(DEFAULT_INIT, "lxc.init.cmd");
  }

  private static List<Sourced<MountEntry>> fstab(ContainerSpec spec) {
    if (spec.mounts().fstab().isEmpty()) {
      return List.of();
    }
    Sourced<String> file = spec.mounts().fstab().get();
    List<Problem> problems = new ArrayList<>();
    try {
      List<Sourced<MountEntry>> entries = FstabLine.read(Path.of(file.value()), problems);
      if (problems.stream().anyMatch(Problem::isError)) {
        throw CofferException.of("Failed to read " + file.value(), problems);
      }
      return entries;
    } catch (IOException e) {
      throw new CofferException(
          "cannot read the fstab "
              + file.value()
              + ": "
              + (e instanceof NoSuchFileException ? "it does not exist" : e.getMessage()),
          List.of(
              "from  " + file.origin().describe(),
              "hint  lines of lxc.mount.entry do the same without a file"));
    }
  }

  /** A running container does not need the file any more; only its next reboot does. */
  private static List<Sourced<MountEntry>> remainingFstab(ContainerSpec spec) {
    try {
      return fstab(spec);
    } catch (CofferException _) {
      return List.of();
    }
  }

  /**
   * An ordinary user has no directory of the host's for it: his roots are mounted on themselves, an
   * overlay on its uppermost lower directory, unless he names one.
   */
  private static String mountPoint(ContainerSpec spec) {
    Optional<String> unnamed =
        HostFactsReader.uid() == 0
            ? Optional.empty()
            : spec.rootfs()
                .path()
                .map(Sourced::value)
                .map(path -> spec.rootfs().type().equals("overlay") ? path.split(":")[0] : path);
    return spec.rootfs()
        .mountPoint()
        .map(Sourced::value)
        .or(() -> unnamed)
        .orElse(DEFAULT_MOUNT_POINT);
  }
}
