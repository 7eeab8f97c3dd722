package dev.coffer.plan;

import dev.coffer.model.ContainerSpec;
import dev.coffer.model.MountEntry.Create;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.MountAttributes;
import dev.coffer.model.plan.ContainerStep.MountAttributes.Atime;
import dev.coffer.model.plan.ContainerStep.Target;
import dev.coffer.model.plan.HostStep.DeviceRule;
import dev.coffer.model.plan.MountIds;
import dev.coffer.model.plan.Step;
import dev.coffer.plan.HostFacts.CgroupTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a container with containers inside gets ({@code coffer.nesting}): instances of proc and
 * sysfs that nothing covers, two device nodes, and with the host's own ids a cgroup below the one
 * that is limited.
 */
final class NestingPlanner {
  /** Where LXC and LXD put them, so that what looks for them finds them. */
  private static final String FOLDER = "dev/.lxc";

  private static final String INNER_CGROUP = "inside";
  private static final MountAttributes KERNEL_FS =
      new MountAttributes(false, true, true, true, Atime.UNCHANGED, false, false, "");
  private static final List<Node> NODES =
      List.of(new Node("dev/fuse", 10, 229), new Node("dev/net/tun", 10, 200));

  private record Node(String path, int major, int minor) {}

  private final ContainerSpec spec;
  private final Set<Namespace> fresh;
  private final boolean bindsNodes;

  NestingPlanner(ContainerSpec spec, HostFacts facts, Set<Namespace> fresh) {
    this.spec = spec;
    this.fresh = fresh;
    this.bindsNodes = fresh.contains(Namespace.USER) || !facts.ownRealm();
  }

  /**
   * The name of the cgroup that the container lives in below its limited one. Root of the host may
   * write to every file it sees, so the limits of a container with the host's own ids must lie
   * above what its cgroup namespace shows. With an id map the owner of the files is enough.
   *
   * <p>Not in the v1 tree of devices: its rules are set last, and the kernel refuses to deny all
   * where there is a cgroup below.
   */
  static Optional<String> innerCgroup(ContainerSpec spec, HostFacts facts, CgroupTree tree) {
    boolean wanted = spec.nesting().isPresent() && !spec.hasUserNamespace() && facts.privileged();
    return wanted && !tree.controllers().contains("devices")
        ? Optional.of(INNER_CGROUP)
        : Optional.empty();
  }

  /**
   * The kernel lets a user namespace mount proc and sysfs only where it sees an instance that
   * nothing covers, mount_namespaces(7) "Restrictions". Only root of the container gets there.
   */
  List<Step> mounts() {
    List<Step> steps = new ArrayList<>();
    if (spec.nesting().isEmpty() || spec.rootfs().path().isEmpty()) {
      return steps;
    }
    Origin origin = spec.nesting().get();
    steps.add(new ContainerStep.CreateDirectory(FOLDER, 0700, origin));
    if (fresh.contains(Namespace.PID)) {
      steps.add(kernelFileSystem("proc", "proc", origin));
    }
    if (fresh.contains(Namespace.NET)) {
      steps.add(kernelFileSystem("sysfs", "sys", origin));
    }
    return steps;
  }

  private static Step kernelFileSystem(String type, String name, Origin origin) {
    return new ContainerStep.MountFileSystem(
        type,
        type,
        new Target(FOLDER + "/" + name, Create.DIRECTORY),
        KERNEL_FS,
        List.of(),
        false,
        origin);
  }

  /** For file systems and virtual networks of programs, as storage and networks inside use them. */
  List<Step> nodes() {
    List<Step> steps = new ArrayList<>();
    if (spec.nesting().isEmpty() || !spec.terminals().autodev().value()) {
      return steps;
    }
    Origin origin = spec.nesting().get();
    if (!bindsNodes) {
      steps.add(new ContainerStep.CreateDirectory("dev/net", 0755, origin));
    }
    for (Node node : NODES) {
      steps.add(
          bindsNodes
              ? new ContainerStep.BindMount(
                  "/" + node.path(),
                  false,
                  new Target(node.path(), Create.FILE),
                  false,
                  MountAttributes.NONE,
                  MountIds.AS_ON_DISK,
                  true,
                  origin)
              : new ContainerStep.CreateDevice(
                  node.path(), node.major(), node.minor(), 0666, origin));
    }
    return steps;
  }

  /** What is to be added to a container's device rules, where it has any. */
  static List<DeviceRule> deviceRules(ContainerSpec spec) {
    return spec.nesting().isEmpty()
        ? List.of()
        : NODES.stream()
            .map(node -> new DeviceRule('c', node.major(), node.minor(), "rwm", true))
            .toList();
  }
}
