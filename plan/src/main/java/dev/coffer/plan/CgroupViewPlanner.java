package dev.coffer.plan;

import dev.coffer.model.AutoMounts;
import dev.coffer.model.AutoMounts.CgroupView;
import dev.coffer.model.Cgroups;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.MountEntry.Create;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.ContainerStep.MountAttributes;
import dev.coffer.model.plan.ContainerStep.MountAttributes.Atime;
import dev.coffer.model.plan.ContainerStep.Target;
import dev.coffer.model.plan.MountIds;
import dev.coffer.model.plan.Step;
import dev.coffer.plan.HostFacts.CgroupTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the container finds on /sys/fs/cgroup: as lxc.mount.auto says, unless {@code
 * coffer.cgroup.view} chooses, or what runs inside can live with cgroup v2 alone.
 */
final class CgroupViewPlanner {
  /**
   * The first systemd that refuses v1 and hybrid trees; before, v2 is welcome where it is known.
   */
  private static final int SYSTEMD_WITHOUT_V1 = 258;

  private static final int SYSTEMD_WITH_V2 = 233;
  private static final String KEY = "coffer.cgroup.view";
  private static final String MOUNT_V2 =
      "mount it: mkdir -p /sys/fs/cgroup/unified; mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified;"
          + " coffer engine stop";
  private static final Target PLACE = directory("sys/fs/cgroup");
  private static final MountAttributes WRITABLE =
      new MountAttributes(false, true, true, true, Atime.UNCHANGED, false, false, "");
  private static final MountAttributes READ_ONLY =
      new MountAttributes(true, true, true, true, Atime.UNCHANGED, false, false, "");

  private final ContainerSpec spec;
  private final HostFacts facts;
  private final AutoMounts auto;
  private final boolean ownNamespace;

  /** The version that was chosen for this container; empty where lxc.mount.auto decides alone. */
  private final Optional<Cgroups.View> chosen;

  private final Origin origin;

  /**
   * @throws CofferException when the host has not what is asked for
   */
  CgroupViewPlanner(StartRequest request, HostFacts facts, Set<Namespace> fresh) {
    this.spec = request.spec();
    this.facts = facts;
    this.auto = spec.mounts().auto().value();
    this.ownNamespace = fresh.contains(Namespace.CGROUP);
    Optional<Origin> asked = asked();
    Optional<Origin> needed = asked.isPresent() ? Optional.empty() : needsV2();
    this.chosen =
        asked.map(_ -> spec.cgroups().view().value()).or(() -> needed.map(_ -> Cgroups.View.V2));
    this.origin = asked.or(() -> needed).orElse(spec.mounts().auto().origin());
    if (fresh.contains(Namespace.MOUNT)) {
      chosen.ifPresent(this::requireTrees);
    }
  }

  private Optional<Origin> asked() {
    return spec.cgroups().view().value() == Cgroups.View.AUTO
        ? Optional.empty()
        : Optional.of(spec.cgroups().view().origin());
  }

  /** Who wants v2 although the host has v1 trees as well. */
  private Optional<Origin> needsV2() {
    if (facts.isUnified() || spec.rootfs().path().isEmpty()) {
      return Optional.empty();
    }
    int systemd = facts.guestSystemd().orElse(SYSTEMD_WITH_V2);
    if (systemd >= SYSTEMD_WITHOUT_V1) {
      return Optional.of(
          new Origin("systemd " + systemd + " in the container, which knows v2 alone", 0, KEY));
    }
    // one tree that can be given away as a whole is what managers inside can work with
    boolean ownTree = facts.unifiedTree().filter(CgroupTree::usable).isPresent();
    return spec.nesting().filter(_ -> systemd >= SYSTEMD_WITH_V2 && ownTree);
  }

  private void requireTrees(Cgroups.View view) {
    boolean v1 = !facts.isUnified();
    boolean v2 = facts.unifiedTree().isPresent();
    switch (view) {
      case AUTO -> {}
      case V1 -> require(v1, "v1", "set coffer.cgroup.view = v2, or remove the line");
      case HYBRID -> {
        require(v1, "v1", "set coffer.cgroup.view = v2, or remove the line");
        require(v2, "v2", MOUNT_V2);
      }
      case V2 -> require(v2, "v2", MOUNT_V2);
    }
  }

  private void require(boolean there, String version, String remedy) {
    if (!there) {
      throw new CofferException(
          "the container is to see cgroup " + version + ", and this host has none mounted",
          List.of("from  " + origin.describe(), "hint  " + remedy));
    }
  }

  Origin origin() {
    return origin;
  }

  /** A view that was chosen needs a place to be mounted on. */
  boolean needsSys() {
    return chosen.isPresent() && spec.rootfs().path().isPresent();
  }

  /** Whether the mounts must see init's final cgroup as their root. */
  boolean needsNamespaceEarly() {
    return chosen.isPresent()
        || (auto.cgroup() != CgroupView.NONE
            && (facts.isUnified() || auto.cgroupForced() || isV2(auto.cgroup())));
  }

  List<Step> mounts() {
    List<Step> steps = new ArrayList<>();
    if (chosen.isPresent()) {
      chosen(chosen.get(), steps);
    } else {
      configured(auto.cgroup(), steps);
    }
    return steps;
  }

  private void chosen(Cgroups.View view, List<Step> steps) {
    switch (view) {
      case AUTO -> throw new IllegalStateException("nothing was chosen");
      case V1 -> legacyView(auto.cgroup(), false, steps);
      case HYBRID -> legacyView(auto.cgroup(), true, steps);
      case V2 -> {
        if (ownNamespace) {
          unifiedView(!isReadOnly(auto.cgroup()), steps);
        } else {
          // systemd accepts nothing but the top of a tree there
          boundUnifiedView(CgroupView.FULL_MIXED, steps);
        }
      }
    }
  }

  /**
   * With a cgroup namespace the container mounts its own view, so LXC leaves it alone unless
   * forced; on a pure v2 host the one tree is mounted all the same.
   */
  private void configured(CgroupView view, List<Step> steps) {
    if (view == CgroupView.NONE) {
      return;
    }
    boolean unified = facts.isUnified() || isV2(view);
    if (unified && ownNamespace) {
      unifiedView(!isReadOnly(view), steps);
    } else if (unified) {
      boundUnifiedView(view, steps);
    } else if (!ownNamespace || auto.cgroupForced()) {
      legacyView(view, true, steps);
    }
  }

  private void unifiedView(boolean writable, List<Step> steps) {
    steps.add(
        new ContainerStep.MountFileSystem(
            "cgroup2",
            "cgroup2",
            PLACE,
            writable ? WRITABLE : READ_ONLY,
            List.of(),
            false,
            origin));
  }

  /** Without a cgroup namespace a new mount would show the host's whole tree. */
  private void boundUnifiedView(CgroupView view, List<Step> steps) {
    CgroupPlacement.of(spec, facts)
        .place("")
        .ifPresent(place -> {
          if (!isFull(view)) {
            steps.add(folder());
          }
          boundView(view, place, PLACE, steps);
        });
  }

  private Step folder() {
    return new ContainerStep.MountFileSystem(
        "tmpfs", "cgroup_root", PLACE, WRITABLE, List.of("size=10240k", "mode=755"), false, origin);
  }

  private void legacyView(CgroupView view, boolean withV2, List<Step> steps) {
    steps.add(folder());
    for (CgroupPlacement.Place place : CgroupPlacement.of(spec, facts).places()) {
      CgroupTree tree = place.tree();
      if (tree.unified() && !withV2) {
        continue;
      }
      String name = Path.of(tree.mount()).getFileName().toString();
      Target target = directory("sys/fs/cgroup/" + name);
      if (ownNamespace) {
        steps.add(
            new ContainerStep.MountFileSystem(
                tree.unified() ? "cgroup2" : "cgroup",
                "cgroup",
                target,
                isReadOnly(view) ? READ_ONLY : WRITABLE,
                options(tree),
                false,
                origin));
      } else {
        boundView(view, place, target, steps);
      }
    }
  }

  private static List<String> options(CgroupTree tree) {
    if (tree.unified()) {
      return List.of();
    }
    List<String> options = new ArrayList<>();
    for (String controller : tree.controllers()) {
      options.add(controller);
      if (controller.startsWith("name=")) {
        options.addFirst("none");
      }
    }
    return options;
  }

  /** Without a cgroup namespace: the whole tree or nothing, and the container's own part of it. */
  private void boundView(
      CgroupView view, CgroupPlacement.Place place, Target target, List<Step> steps) {
    boolean full = isFull(view);
    if (full) {
      boolean writable = view == CgroupView.FULL_RW;
      steps.add(bind(place.tree().mount(), target, !writable));
    }
    if (!full || view == CgroupView.FULL_MIXED) {
      Target own =
          new Target(target.path() + place.inner(), full ? Create.NOTHING : Create.DIRECTORY);
      steps.add(bind(place.innerDirectory(), own, isReadOnly(view)));
    }
  }

  private Step bind(String source, Target target, boolean readOnly) {
    MountAttributes attributes = readOnly ? READ_ONLY : WRITABLE;
    return new ContainerStep.BindMount(
        source, false, target, false, attributes, MountIds.AS_ON_DISK, false, origin);
  }

  private static boolean isFull(CgroupView view) {
    return view == CgroupView.FULL_RO
        || view == CgroupView.FULL_RW
        || view == CgroupView.FULL_MIXED;
  }

  private static boolean isReadOnly(CgroupView view) {
    return view == CgroupView.RO || view == CgroupView.FULL_RO || view == CgroupView.V2_RO;
  }

  private static boolean isV2(CgroupView view) {
    return view == CgroupView.V2_RO || view == CgroupView.V2_RW;
  }

  private static Target directory(String path) {
    return new Target(path, Create.DIRECTORY);
  }
}
