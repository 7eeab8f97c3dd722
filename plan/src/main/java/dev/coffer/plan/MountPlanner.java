package dev.coffer.plan;

import dev.coffer.model.AutoMounts;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.KernelPaths;
import dev.coffer.model.MountEntry;
import dev.coffer.model.MountEntry.Create;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.MountAttributes;
import dev.coffer.model.plan.ContainerStep.MountAttributes.Atime;
import dev.coffer.model.plan.ContainerStep.Target;
import dev.coffer.model.plan.MountIds;
import dev.coffer.model.plan.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The container's view of files: root, kernel file systems, the configured mounts. */
final class MountPlanner {
  private static final MountAttributes KERNEL_FS =
      new MountAttributes(false, true, true, true, Atime.UNCHANGED, false, false, "");

  private final StartRequest request;
  private final ContainerSpec spec;
  private final HostFacts facts;
  private final Set<Namespace> fresh;
  private final boolean userNamespace;
  private final CgroupViewPlanner view;
  private final NestingPlanner nesting;

  MountPlanner(
      StartRequest request,
      HostFacts facts,
      Set<Namespace> fresh,
      CgroupViewPlanner view,
      NestingPlanner nesting) {
    this.request = request;
    this.spec = request.spec();
    this.facts = facts;
    this.fresh = fresh;
    this.userNamespace = fresh.contains(Namespace.USER);
    this.view = view;
    this.nesting = nesting;
  }

  /**
   * @param idmap {@code container}, the path of a user namespace, or empty
   */
  MountIds ids(String idmap, Origin origin) {
    if (idmap.isEmpty()) {
      return MountIds.AS_ON_DISK;
    }
    boolean own = idmap.equals("container");
    if (!own && !idmap.startsWith("/")) {
      throw new CofferException(
          "\"idmap=" + idmap + "\" names no ids to map to",
          List.of(
              "from  " + origin.describe(),
              "hint  write \"idmap=container\", or the path of a user namespace:"
                  + " idmap=/proc/PID/ns/user"));
    }
    if (own && !userNamespace) {
      throw new CofferException(
          "\"idmap=container\" needs a container with an id map",
          List.of("from  " + origin.describe(), "hint  add lxc.idmap lines, or remove the option"));
    }
    if (!facts.idMappedMounts()) {
      throw new CofferException(
          "this kernel cannot map ids of mounts (it needs Linux 5.12 and root)",
          List.of(
              "from  " + origin.describe(),
              "hint  remove \"idmap=" + idmap + "\" and change the owners on disk instead"));
    }
    return own ? MountIds.OF_CONTAINER : new MountIds.OfNamespace(idmap);
  }

  /** Kernel file systems, then fstab, then entries, then the cgroup view, as LXC orders them. */
  List<Step> mounts() {
    List<Step> steps = new ArrayList<>();
    AutoMounts auto = spec.mounts().auto().value();
    Origin origin = spec.mounts().auto().origin();
    proc(auto.proc(), origin, steps);
    if (auto.sys() == AutoMounts.Sys.NONE && view.needsSys()) {
      sys(AutoMounts.Sys.MIXED, view.origin(), steps);
    } else {
      sys(auto.sys(), origin, steps);
    }
    request.fstab().forEach(entry -> steps.add(entry(entry)));
    spec.mounts().entries().forEach(entry -> steps.add(entry(entry)));
    steps.addAll(view.mounts());
    steps.addAll(nesting.mounts());
    return steps;
  }

  /** Whether no mount of the configuration could open a device: all show what is there already. */
  boolean areWithoutDevices() {
    return Stream.concat(request.fstab().stream(), spec.mounts().entries().stream())
        .map(Sourced::value)
        .allMatch(
            entry -> isBind(entry) || ContainerStep.MountFileSystem.isWithoutDevice(entry.type()));
  }

  /** What is hidden or protected of what was mounted; last, so that no mount uncovers it. */
  List<Step> protection() {
    List<Step> steps = new ArrayList<>();
    KernelPaths paths = spec.mounts().kernelPaths();
    paths
        .readOnly()
        .forEach(path ->
            steps.add(
                new ContainerStep.ProtectPath(
                    strip(path.value()), Optional.empty(), path.origin())));
    paths
        .masked()
        .forEach(path -> steps.add(new ContainerStep.MaskPath(strip(path.value()), path.origin())));
    return steps;
  }

  /**
   * How mounts propagate, said when all of them are there: with a root of its own all are shared
   * among the container's mount namespaces, as its services expect, but for those that say
   * otherwise.
   */
  List<Step> propagations() {
    List<Step> steps = new ArrayList<>();
    spec.rootfs()
        .path()
        .ifPresent(root ->
            steps.add(new ContainerStep.SetPropagation(".", "rshared", false, root.origin())));
    Stream.concat(request.fstab().stream(), spec.mounts().entries().stream())
        .forEach(entry -> {
          String word = MountOptions.of(entry.value().options()).attributes().propagation();
          if (!word.isEmpty()) {
            steps.add(
                new ContainerStep.SetPropagation(
                    target(entry), word, entry.value().optional(), entry.origin()));
          }
        });
    return steps;
  }

  private void proc(AutoMounts.Proc proc, Origin origin, List<Step> steps) {
    boolean needed = spec.rootfs().path().isEmpty() && fresh.contains(Namespace.PID);
    if (proc == AutoMounts.Proc.NONE && !needed) {
      return;
    }
    steps.add(
        new ContainerStep.MountFileSystem(
            "proc", "proc", directory("proc"), KERNEL_FS, List.of(), false, origin));
    if (proc == AutoMounts.Proc.MIXED) {
      steps.add(new ContainerStep.ProtectPath("proc/sys", Optional.of("net"), origin));
      if (facts.sysrqTrigger()) {
        steps.add(new ContainerStep.ProtectPath("proc/sysrq-trigger", Optional.empty(), origin));
      }
    }
  }

  private void sys(AutoMounts.Sys sys, Origin origin, List<Step> steps) {
    if (sys == AutoMounts.Sys.NONE) {
      return;
    }
    MountAttributes attributes = sys == AutoMounts.Sys.RO ? readOnly(KERNEL_FS) : KERNEL_FS;
    if (userNamespace && !fresh.contains(Namespace.NET)) {
      // sysfs belongs to a network namespace; one that is not ours can only be shown again
      steps.add(
          new ContainerStep.BindMount(
              "/sys",
              false,
              directory("sys"),
              true,
              MountAttributes.NONE,
              MountIds.AS_ON_DISK,
              false,
              origin));
      return;
    }
    steps.add(
        new ContainerStep.MountFileSystem(
            "sysfs", "sysfs", directory("sys"), attributes, List.of(), false, origin));
    if (sys == AutoMounts.Sys.MIXED) {
      steps.add(new ContainerStep.ProtectPath("sys", Optional.of("devices/virtual/net"), origin));
    }
  }

  private static boolean isBind(MountEntry entry) {
    return MountOptions.of(entry.options()).bind()
        || entry.type().equals("none")
        || entry.type().equals("bind");
  }

  private Step entry(Sourced<MountEntry> sourced) {
    MountEntry entry = sourced.value();
    MountOptions options = MountOptions.of(entry.options());
    Target target = new Target(target(sourced), entry.create());
    if (!isBind(entry)) {
      return new ContainerStep.MountFileSystem(
          entry.type(),
          entry.source(),
          target,
          options.attributes(),
          options.data(),
          entry.optional(),
          sourced.origin());
    }
    boolean inside = entry.relativeSource();
    return new ContainerStep.BindMount(
        inside ? strip(entry.source()) : entry.source(),
        inside,
        target,
        options.recursive(),
        options.attributes(),
        ids(entry.idmap(), sourced.origin()),
        entry.optional(),
        sourced.origin());
  }

  /**
   * Below the root: relative targets as they are, absolute ones inside the root or its mount point.
   */
  private String target(Sourced<MountEntry> sourced) {
    String target = sourced.value().target();
    if (!target.startsWith("/")) {
      return clean(target, sourced);
    }
    if (spec.rootfs().path().isEmpty()) {
      return clean(strip(target), sourced);
    }
    List<String> roots = new ArrayList<>(List.of(spec.rootfs().path().get().value()));
    roots.add(request.mountPoint());
    for (String root : roots) {
      if (target.startsWith(root + "/")) {
        return clean(strip(target.substring(root.length())), sourced);
      }
    }
    throw new CofferException(
        "mount target \"" + target + "\" lies outside the container's root",
        List.of(
            "from  " + sourced.origin().describe(),
            "hint  write it relative to the root, as \"" + strip(target) + "\""));
  }

  private static String clean(String target, Sourced<MountEntry> sourced) {
    String normal = Path.of("/").resolve(target).normalize().toString().substring(1);
    if (List.of(target.split("/")).contains("..")) {
      throw new CofferException(
          "mount target \"" + target + "\" walks upwards",
          List.of("from  " + sourced.origin().describe(), "hint  remove the \"..\""));
    }
    return normal.isEmpty() ? "." : normal;
  }

  private static String strip(String path) {
    String rest = path;
    while (rest.startsWith("/")) {
      rest = rest.substring(1);
    }
    return rest;
  }

  private static Target directory(String path) {
    return new Target(path, Create.DIRECTORY);
  }

  private static MountAttributes readOnly(MountAttributes attributes) {
    return new MountAttributes(
        true,
        attributes.noSuid(),
        attributes.noDev(),
        attributes.noExec(),
        attributes.atime(),
        attributes.noDirAtime(),
        attributes.noSymFollow(),
        attributes.propagation());
  }
}
