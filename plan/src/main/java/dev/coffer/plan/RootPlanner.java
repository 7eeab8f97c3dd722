package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.HookType;
import dev.coffer.model.Namespace;
import dev.coffer.model.RootFs;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.MountIds;
import dev.coffer.model.plan.RootSource;
import dev.coffer.model.plan.Step;
import dev.coffer.plan.StorageFacts.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where the root file system comes from: each backing store has its own way to be mounted. */
final class RootPlanner {
  private final StartRequest request;
  private final ContainerSpec spec;
  private final HostFacts facts;
  private final Set<Namespace> fresh;
  private final MountPlanner mounts;

  RootPlanner(StartRequest request, HostFacts facts, Set<Namespace> fresh, MountPlanner mounts) {
    this.request = request;
    this.spec = request.spec();
    this.facts = facts;
    this.fresh = fresh;
    this.mounts = mounts;
  }

  /** What makes the store ready, after hooks that may have brought it there. */
  List<Step> attach() {
    if (!isMounted() || !isLoop()) {
      return List.of();
    }
    Sourced<String> path = spec.rootfs().path().get();
    return List.of(
        new HostStep.AttachLoop(
            path.value(),
            facts.storage().link(),
            options().attributes().readOnly(),
            path.origin()));
  }

  /**
   * An ordinary user's directories are mostly closed to the container's root, so the root file
   * system is opened before init becomes that; but what a pre-mount hook mounts there is to be
   * found.
   */
  Optional<Step> reach() {
    if (facts.privileged() || !isMounted() || !spec.hooks(HookType.PRE_MOUNT).isEmpty()) {
      return Optional.empty();
    }
    return spec.rootfs()
        .path()
        .map(
            path -> new ContainerStep.ReachRoot(source(path), request.mountPoint(), path.origin()));
  }

  /** Empty for a container without a root of its own. */
  Optional<Step> mount() {
    RootFs rootfs = spec.rootfs();
    if (rootfs.path().isEmpty()) {
      return Optional.empty();
    }
    Sourced<String> path = rootfs.path().get();
    MountIds ids = mounts.ids(rootfs.idmap(), rootfs.optionsOrigin());
    MountOptions options = options();
    return Optional.of(
        new ContainerStep.MountRoot(
            source(path),
            request.mountPoint(),
            holdsDevices(rootfs) ? options.attributes() : options.attributes().withoutDevices(),
            ids,
            path.origin()));
  }

  private boolean isMounted() {
    return spec.rootfs().path().isPresent() && fresh.contains(Namespace.MOUNT);
  }

  private boolean isLoop() {
    String type = spec.rootfs().type();
    return type.equals("loop") || type.equals("dir") && facts.storage().kind() == Kind.FILE;
  }

  private RootSource source(Sourced<String> path) {
    RootSource stored = stored(path);
    return spec.rootfs().inMemory().isPresent() ? inMemory(stored) : stored;
  }

  /** All that is stored is below, and what takes the changes is made for the time of the run. */
  private RootSource inMemory(RootSource stored) {
    List<String> lowers = new ArrayList<>();
    switch (stored) {
      case RootSource.Tree tree -> lowers.add(tree.path());
      case RootSource.Overlay overlay -> {
        lowers.add(overlay.folder() + "/" + overlay.upper());
        lowers.addAll(overlay.lowers());
      }
      case RootSource.FileSystem mounted ->
          throw new CofferException(
              "changes of " + mounted.describe() + " cannot be kept in memory",
              List.of(
                  "from  " + spec.rootfs().inMemory().get().describe(),
                  "hint  the backing stores dir, btrfs and overlay can do that"));
    }
    return new RootSource.Overlay(lowers, "", "delta", "work", data());
  }

  private RootSource stored(Sourced<String> path) {
    String type = spec.rootfs().type();
    return switch (type) {
      case "overlay" -> overlay(path);
      case "zfs" -> {
        requirePrivilege(path);
        yield new RootSource.FileSystem("zfs", path.value(), data("zfsutil"));
      }
      case "lvm", "loop", "nbd", "rbd" -> device(path);
      default ->
          facts.storage().kind() == Kind.FILE || facts.storage().kind() == Kind.BLOCK_DEVICE
              ? device(path)
              : new RootSource.Tree(path.value());
    };
  }

  /**
   * {@code LOWER[:LOWER…]:UPPER}, lxc.container.conf(5); the work directory is beside the upper.
   */
  private RootSource overlay(Sourced<String> path) {
    List<String> parts = List.of(path.value().split(":"));
    List<String> lowers = new ArrayList<>();
    for (String part : parts) {
      if (!part.startsWith("/")) {
        throw new CofferException(
            "\"" + path.value() + "\" is no overlay",
            List.of(
                "from  " + path.origin().describe(),
                "hint  write overlay:LOWER:UPPER, both absolute; further lower directories stand"
                    + " between them"));
      }
      lowers.add(part.replaceFirst("/+$", ""));
    }
    if (lowers.size() < 2) {
      throw new CofferException(
          "\"" + path.value() + "\" has no upper directory",
          List.of("from  " + path.origin().describe(), "hint  write overlay:LOWER:UPPER"));
    }
    String upper = lowers.removeLast();
    int slash = upper.lastIndexOf('/');
    String name = upper.substring(slash + 1);
    if (name.contains(",") || name.contains("\\")) {
      throw new CofferException(
          "the upper directory " + upper + " cannot be named to overlayfs",
          List.of("from  " + path.origin().describe(), "hint  rename it: no comma, no backslash"));
    }
    String work = name.equals("delta0") ? "olwork" : "work";
    return new RootSource.Overlay(lowers, upper.substring(0, slash), name, work, data());
  }

  private RootSource device(Sourced<String> path) {
    requirePrivilege(path);
    StorageFacts storage = facts.storage();
    if (storage.kind() == Kind.MISSING && spec.hooks(HookType.PRE_START).isEmpty()) {
      throw new CofferException(
          "there is no " + path.value(),
          List.of(
              "from  " + path.origin().describe(),
              "hint  "
                  + (spec.rootfs().type().equals("lvm")
                      ? "activate the volume: lvchange -ay " + path.value()
                      : "the root file system was moved or deleted")));
    }
    String type =
        storage
            .fileSystem()
            .or(() -> Optional.of("ext4").filter(_ -> storage.kind() == Kind.MISSING))
            .orElseThrow(() ->
                new CofferException(
                    "no known file system is on " + path.value(),
                    List.of(
                        "from  " + path.origin().describe(),
                        "hint  make one: mkfs.ext4 "
                            + path.value()
                            + ", or a directory: lxc.rootfs.path = dir:PATH")));
    String source = isLoop() ? storage.link() : path.value();
    return new RootSource.FileSystem(
        type, source, options().attributes().readOnly() ? data("ro") : data());
  }

  /** The kernel's parsers of file systems are no defence against who makes an image on purpose. */
  private void requirePrivilege(Sourced<String> path) {
    if (!facts.privileged() || !facts.ownRealm()) {
      throw new CofferException(
          "only the host's root may mount " + path.value(),
          List.of(
              "from  " + path.origin().describe(),
              "hint  ordinary users have the backing stores dir and overlay"));
    }
  }

  private List<String> data(String... further) {
    List<String> data = new ArrayList<>(List.of(further));
    data.addAll(options().data());
    return data;
  }

  private MountOptions options() {
    return MountOptions.of(spec.rootfs().options());
  }

  /**
   * Whether device nodes of the root file system work. With an id map nobody inside could have made
   * any, so those that are there came with an image, and /dev does not need them.
   */
  private boolean holdsDevices(RootFs rootfs) {
    return !fresh.contains(Namespace.USER)
        || !spec.terminals().autodev().value()
        || rootfs.options().contains("dev");
  }
}
